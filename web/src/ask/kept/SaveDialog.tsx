/** Saves a query under a name, with notes. What is typed stays until the server has it. */
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { asApiError, putSavedQuery, type ApiError } from "../../api/client";
import type { CypherSchema, ListedQuery } from "../../api/types";
import { Dialog } from "../../shared/dialog/Dialog";
import { Trouble } from "../../shared/Trouble";
import "./SaveDialog.css";

interface SaveDialogProps {
  cypher: string;
  /** The saved query that it was; null: it was none. */
  before: ListedQuery | null;
  known: readonly ListedQuery[];
  limits: CypherSchema["limits"];
  onSaved: (name: string) => void;
  onClose: () => void;
}

export function SaveDialog({ cypher, before, known, limits, onSaved, onClose }: SaveDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState(before?.name ?? "");
  const [notes, setNotes] = useState(before?.notes ?? "");
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const name = typed.trim();
  const isOver = known.some((one) => one.name === name);
  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    setSaving(true);
    setError(null);
    try {
      await putSavedQuery(name, { cypher, notes });
      onSaved(name);
      dialog.current?.close();
    } catch (reason) {
      setError(asApiError(reason));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog dialog={dialog} title="Save the query" width={480} testId="save-dialog" onClose={onClose}>
      <form className="save-dialog" onSubmit={(event) => void save(event)}>
        <label>
          Name
          <input value={typed} maxLength={limits.max_name} required autoFocus autoComplete="off" data-testid="save-name" onChange={({ target }) => setTyped(target.value)} />
        </label>
        <label>
          Notes
          <textarea rows={4} value={notes} maxLength={limits.max_notes} data-testid="save-notes" onChange={({ target }) => setNotes(target.value)} />
        </label>
        <p className="muted" role="status">
          {isOver ? (name === before?.name ? "What “" + name + "” says now is written over." : "There is a query of this name: it is written over.") : "It is kept in the database, for everybody who uses it; values of its $names are not."}
        </p>
        {error && <Trouble error={error} onDismiss={() => setError(null)} />}
        <div className="save-dialog-act">
          <button type="submit" className="primary" disabled={isSaving || name === ""} data-testid="save-query">
            {isSaving ? "Saving…" : isOver ? "Save over it" : "Save"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
