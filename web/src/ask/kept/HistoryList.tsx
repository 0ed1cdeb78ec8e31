/** What was asked in this browser: asked again by its address, forgotten by a button. */
import { ago, counted, moment } from "../../shared/format";
import { follow } from "../../shared/router";
import { useNow } from "../../shared/hooks/useNow";
import type { Entry } from "./history";
import "./HistoryList.css";

interface HistoryListProps {
  entries: readonly Entry[];
  /** The query of the page's address. */
  search: string;
  onClear: () => void;
}

export function HistoryList({ entries, search, onClear }: HistoryListProps) {
  const now = useNow();
  if (entries.length === 0) return <p className="muted">Nothing was asked in this browser yet.</p>;
  return (
    <>
      <ul data-testid="history">
        {entries.map((entry) => (
          <li key={entry.search}>
            <a className="history-list-link" href={`/ask${entry.search}`} aria-current={entry.search === search ? "page" : undefined} title={[entry.title, entry.values].filter(Boolean).join("\n")} data-testid="history-entry" onClick={follow}>
              <span className="ellipsis">{entry.title}</span>
              <span className="history-list-when muted ellipsis" title={moment(entry.at)}>
                {ago(entry.at, now)} · {entry.rows === null ? "failed" : counted(entry.rows, "row")}
                {entry.values && ` · ${entry.values}`}
              </span>
            </a>
          </li>
        ))}
      </ul>
      <button type="button" className="history-list-clear" data-testid="clear-history" onClick={onClear}>
        Forget all
      </button>
    </>
  );
}
