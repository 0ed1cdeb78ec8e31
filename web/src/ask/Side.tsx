/** What can be asked, beside what is: the named queries, the saved ones, what was asked before. Folded where there is little room. */
import { useState } from "react";
import type { ApiError } from "../api/client";
import type { ListedQuery, QueriesAnswer } from "../api/types";
import { Segmented } from "../shared/choice/Segmented";
import { Icon } from "../shared/Icon";
import { follow } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { isPassing, type Asked as Answered } from "../shared/useAnswer";
import type { Asked, Values } from "./asked";
import { HistoryList } from "./kept/HistoryList";
import type { Entry } from "./kept/history";
import { SavedList } from "./kept/SavedList";
import { NamedList } from "./named/NamedList";
import "./Side.css";

type Tab = "questions" | "saved" | "history";

const TABS = [
  { value: "questions", text: "Questions" },
  { value: "saved", text: "Saved" },
  { value: "history", text: "History" },
] as const;

interface SideProps {
  asked: Asked;
  /** What the open form holds. */
  values: Values;
  search: string;
  queries: QueriesAnswer | null;
  error: ApiError | null;
  onRetry: () => void;
  saved: Answered<readonly ListedQuery[]>;
  entries: readonly Entry[];
  isReadOnly: boolean;
  onClear: () => void;
  onChanged: (name: string, now: string | null) => void;
}

export function Side({ asked, values, search, queries, error, onRetry, saved, entries, isReadOnly, onClear, onChanged }: SideProps) {
  const [tab, setTab] = useState<Tab>(asked.kind === "saved" ? "saved" : "questions");
  const [isOpen, setOpen] = useState(asked.kind === "nothing");
  return (
    <aside className="side" aria-label="What can be asked" data-open={isOpen}>
      <button type="button" className="side-fold" aria-expanded={isOpen} data-testid="fold-side" onClick={() => setOpen(!isOpen)}>
        <Icon name="chevron" /> Questions, saved queries, history
      </button>
      <div
        className="side-body"
        onClick={({ target }) => {
          // What is opened stands under the list where there is little room.
          if (target instanceof Element && target.closest("a")) setOpen(false);
        }}
      >
        <div className="side-head">
          <Segmented<Tab> name="What is listed" value={tab} options={TABS} onChoose={setTab} />
          <a className="side-own" href="/ask" aria-current={asked.kind === "nothing" || asked.kind === "cypher" ? "page" : undefined} data-testid="own-cypher" onClick={follow}>
            Cypher
          </a>
        </div>
        {tab === "questions" && error && !isPassing(error) && <Trouble error={error} title="The questions could not be listed" onRetry={onRetry} />}
        {tab === "questions" && queries === null && !error && <p className="muted">Looking…</p>}
        {tab === "questions" && queries && <NamedList queries={queries} chosen={asked.kind === "named" ? asked.name : null} values={values} />}
        {tab === "saved" && <SavedList saved={saved} chosen={asked.kind === "saved" ? asked.name : null} isReadOnly={isReadOnly} onChanged={onChanged} />}
        {tab === "history" && <HistoryList entries={entries} search={search} onClear={onClear} />}
      </div>
    </aside>
  );
}
