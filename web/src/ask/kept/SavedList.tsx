/** The saved queries: opened by their addresses, renamed, deleted with a way back. */
import { useState, type SyntheticEvent } from "react";
import { asApiError, deleteSavedQuery, getSavedQuery, putSavedQuery, renameSavedQuery, type ApiError } from "../../api/client";
import type { ListedQuery, SavedQuery } from "../../api/types";
import { ago, moment } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import { follow } from "../../shared/router";
import { Trouble } from "../../shared/Trouble";
import { isPassing, type Asked as Answered } from "../../shared/useAnswer";
import { useNow } from "../../shared/hooks/useNow";
import { addressOf, NO_BOUNDS } from "../asked";
import { MOST_OF_NAME } from "../../shared/limits";
import "./SavedList.css";

interface SavedListProps {
  saved: Answered<readonly ListedQuery[]>;
  /** The one that is open. */
  chosen: string | null;
  isReadOnly: boolean;
  /** Called where one is called otherwise now, or is deleted: null. */
  onChanged: (name: string, now: string | null) => void;
}

const savedAddress = (name: string): string => addressOf({ kind: "saved", name, values: {}, bounds: NO_BOUNDS });

export function SavedList({ saved, chosen, isReadOnly, onChanged }: SavedListProps) {
  const { answer: queries, error, again } = saved;
  const now = useNow();
  const [renamed, setRenamed] = useState<string | null>(null);
  const [deleted, setDeleted] = useState<SavedQuery | null>(null);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const act = async (task: () => Promise<void>): Promise<boolean> => {
    setTrouble(null);
    try {
      await task();
      again();
      return true;
    } catch (reason) {
      setTrouble(asApiError(reason));
      return false;
    }
  };
  const remove = (name: string) =>
    act(async () => {
      const query = await getSavedQuery(name);
      await deleteSavedQuery(name);
      setDeleted(query);
      onChanged(name, null);
    });
  const undo = (query: SavedQuery) =>
    act(async () => {
      await putSavedQuery(query.name, query);
      setDeleted(null);
    });
  const rename = async (name: string, to: string) => {
    const isDone = await act(async () => {
      await renameSavedQuery(name, to);
      onChanged(name, to);
    });
    if (isDone) setRenamed(null);
  };
  return (
    <>
      {error && !isPassing(error) && <Trouble error={error} title="The saved queries could not be listed" onRetry={again} />}
      {trouble && <Trouble error={trouble} onDismiss={() => setTrouble(null)} />}
      <div role="status">
        {deleted && (
          <p className="saved-list-deleted" data-testid="deleted-query">
            <span>
              <b>Deleted</b> “{deleted.name}”
            </span>
            <button type="button" data-testid="undo-delete-query" onClick={() => void undo(deleted)}>
              Undo
            </button>
          </p>
        )}
      </div>
      {queries === null && !error && <p className="muted">Looking…</p>}
      {queries?.length === 0 && (
        <p className="muted" data-testid="none-saved">
          {isReadOnly ? "This data set is only read: it has no saved queries. An address keeps a query too." : "None yet. “Save” beside the editor keeps a query in the database, for everybody who uses it, under a name that is its address."}
        </p>
      )}
      <ul data-testid="saved-queries">
        {queries?.map((query) => (
          <li key={query.name} className="saved-list-row" data-testid="saved-query">
            {renamed === query.name ? (
              <Rename name={query.name} onRename={(to) => void rename(query.name, to)} onClose={() => setRenamed(null)} />
            ) : (
              <>
                <a className="saved-list-link" href={savedAddress(query.name)} aria-current={query.name === chosen ? "page" : undefined} title={query.notes || undefined} onClick={follow}>
                  {query.name}
                  <span className="saved-list-when muted" title={moment(query.changed_at)}>
                    {ago(query.changed_at, now)}
                    {query.notes && ` · ${query.notes}`}
                  </span>
                </a>
                {!isReadOnly && (
                  <>
                    <button type="button" className="icon-button" aria-label={`Rename “${query.name}”`} title="Rename" onClick={() => setRenamed(query.name)}>
                      <Icon name="pencil" />
                    </button>
                    <button type="button" className="icon-button" aria-label={`Delete “${query.name}”`} title="Delete" onClick={() => void remove(query.name)}>
                      <Icon name="bin" />
                    </button>
                  </>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Rename({ name, onRename, onClose }: { name: string; onRename: (to: string) => void; onClose: () => void }) {
  const [typed, setTyped] = useState(name);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (typed.trim() !== "") onRename(typed.trim());
  };
  return (
    <form
      className="saved-list-rename"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <input className="text-field" aria-label={`Another name for “${name}”`} autoFocus maxLength={MOST_OF_NAME} value={typed} data-testid="rename-query" onChange={({ target }) => setTyped(target.value)} />
      <button type="submit">Rename</button>
    </form>
  );
}
