/** A dialog for a name and notes. What is typed stays until the server has it. */
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { asApiError, type ApiError } from "../../api/client";
import { MOST_OF_NAME, MOST_OF_NOTES } from "../limits";
import { Trouble } from "../Trouble";
import { Dialog } from "./Dialog";
import "./NamedDialog.css";

interface NamedDialogProps {
  title: string;
  /** Names the parts for tests: `save-dialog`, `save-name`, `save-notes`, `save-submit`. */
  testId: string;
  name: string;
  notes: string;
  /** What is said of a name that is typed; null: nothing. */
  told?: (name: string) => string | null;
  /** On the button, by the name that is typed. */
  action?: (name: string) => string;
  save: (name: string, notes: string) => Promise<unknown>;
  onSaved: (name: string) => void;
  onClose: () => void;
}

export function NamedDialog({ title, testId, name: firstName, notes: firstNotes, told, action = () => "Save", save, onSaved, onClose }: NamedDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState(firstName);
  const [notes, setNotes] = useState(firstNotes);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const name = typed.trim();
  const said = told?.(name) ?? null;
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setSaving(true);
    setError(null);
    try {
      await save(name, notes);
      onSaved(name);
      dialog.current?.close();
    } catch (reason) {
      setError(asApiError(reason));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog dialog={dialog} title={title} width={480} testId={`${testId}-dialog`} onClose={onClose}>
      <form className="named-dialog" onSubmit={(event) => void submit(event)}>
        <label>
          Name
          <input className="text-field" value={typed} maxLength={MOST_OF_NAME} required autoFocus autoComplete="off" data-testid={`${testId}-name`} onChange={({ target }) => setTyped(target.value)} />
        </label>
        <label>
          Notes
          <textarea className="text-field" rows={5} value={notes} maxLength={MOST_OF_NOTES} data-testid={`${testId}-notes`} onChange={({ target }) => setNotes(target.value)} />
        </label>
        {said !== null && (
          <p className="muted" role="status">
            {said}
          </p>
        )}
        {error && <Trouble error={error} onDismiss={() => setError(null)} />}
        <div className="named-dialog-act">
          <button type="submit" className="primary" disabled={isSaving || name === ""} data-testid={`${testId}-submit`}>
            {isSaving ? "Saving…" : action(name)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
