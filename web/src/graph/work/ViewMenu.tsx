/** The open View, whether it is saved, and the menu of all Views of the graph. */
import { useCallback, useId, useRef, useState, type KeyboardEvent, type SyntheticEvent } from "react";
import { usePressBeside } from "../../shared/hooks/usePressBeside";
import { useReadOnly } from "../../shared/hooks/useReadOnly";
import { Icon } from "../../shared/Icon";
import { areAddressed, isChanged, type OnPage } from "./bench";
import type { Views } from "./useViews";
import { contentText, viewNameTrouble } from "./views";
import { MOST_OF_NOTES } from "../../shared/limits";
import "./ViewMenu.css";

interface ViewMenuProps {
  on: OnPage;
  views: Views;
  onNotes: (notes: string) => void;
}

export function ViewMenu({ on, views, onNotes }: ViewMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const [copy, setCopy] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  usePressBeside(box, useCallback(() => setOpen(false), []));
  const menu = useId();
  const changed = isChanged(on);
  const isReadOnly = useReadOnly();
  const name = on.view?.name ?? null;
  const trouble = viewNameTrouble(copy);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    close();
  };
  const saveCopy = (event: SyntheticEvent) => {
    event.preventDefault();
    if (trouble !== null) return;
    void views.save(copy).then(() => {
      setCopy("");
      close();
    });
  };
  return (
    <div ref={box} className="view-menu" onKeyDown={leave} data-testid="view-menu">
      <button
        ref={opener}
        type="button"
        className="view-menu-open"
        aria-expanded={isOpen}
        aria-controls={isOpen ? menu : undefined}
        data-testid="views"
        onClick={() => {
          if (!isOpen) views.list();
          setOpen(!isOpen);
        }}
      >
        {name === null && !changed ? (
          "Views"
        ) : (
          <>
            <span className="muted">View</span> {name ?? "not saved"}
          </>
        )}
        {changed && name !== null && <span className="view-menu-changed"> · changed</span>}
      </button>
      {isReadOnly ? (
        <span className="muted">only read: the address keeps your work</span>
      ) : (
        <button
          type="button"
          className={changed ? "primary" : ""}
          disabled={views.isBusy || !changed}
          title={name === null ? "Save what is pinned, grouped, hidden and tested as the View “main”" : `Save over the View “${name}”`}
          data-testid="save-view"
          onClick={() => void views.save(name ?? "main")}
        >
          {views.isBusy ? "Saving…" : changed || name === null ? "Save" : "Saved"}
        </button>
      )}
      {isOpen && (
        <div id={menu} className="view-menu-panel" role="group" aria-label="Views">
          <ul>
            {views.listed?.views.map((view) => (
              <li key={view.name}>
                <button type="button" className="view-menu-item" aria-pressed={view.name === name} onClick={() => void views.open(view.name).then(close)}>
                  {view.name} <span className="muted">{contentText(view)}</span>
                </button>
                {!isReadOnly && (
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={`Delete the View “${view.name}”`}
                    title="Delete; undo brings it back"
                    onClick={() => void views.remove(view.name, view.revision)}
                  >
                    <Icon name="bin" />
                  </button>
                )}
              </li>
            ))}
            {views.listed?.views.length === 0 && <li className="muted">None is saved yet.</li>}
            <li>
              <button type="button" className="view-menu-item" onClick={() => void views.open(null).then(close)}>
                Begin with nothing
              </button>
            </li>
          </ul>
          <label className="view-menu-notes">
            <span className="muted">Notes</span>
            <textarea className="text-field" rows={3} maxLength={MOST_OF_NOTES} value={on.notes} data-testid="view-notes" onChange={(event) => onNotes(event.target.value)} />
          </label>
          {!areAddressed(on.notes) && <p className="muted">These notes are too long for the address: they are kept once they are saved.</p>}
          {!isReadOnly && (
            <form onSubmit={saveCopy}>
              <label>
                <span className="muted">Save as</span>
                <input className="text-field" value={copy} autoComplete="off" placeholder="another name" data-testid="view-name" onChange={(event) => setCopy(event.target.value)} />
              </label>
              <button type="submit" disabled={trouble !== null || views.isBusy}>
                Save as
              </button>
              {copy !== "" && trouble && <p role="alert">{trouble}</p>}
            </form>
          )}
        </div>
      )}
    </div>
  );
}
