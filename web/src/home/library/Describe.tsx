/** A graph's name and notes, to be changed. What is typed stays until the server has it. */
import { useEffect, useRef, useState, type SyntheticEvent } from "react";
import { asApiError, describeGraph, type ApiError } from "../../api/client";
import type { KeptGraph } from "../../api/types";
import { Dialog } from "../../shared/dialog/Dialog";
import { Trouble } from "../../shared/Trouble";
import "./Describe.css";

interface DescribeProps {
  graph: KeptGraph["graph"];
  onSaved: () => void;
  onClose: () => void;
}

export function Describe({ graph, onSaved, onClose }: DescribeProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState(graph.name);
  const [notes, setNotes] = useState(graph.notes);
  const [isSaving, setSaving] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const save = async (event: SyntheticEvent) => {
    event.preventDefault();
    setSaving(true);
    setError(null);
    try {
      await describeGraph(graph.id, { name: name.trim(), notes });
      onSaved();
      dialog.current?.close();
    } catch (reason) {
      setError(asApiError(reason));
    } finally {
      setSaving(false);
    }
  };
  return (
    <Dialog dialog={dialog} title="Name and notes" width={480} testId="describe-dialog" onClose={onClose}>
      <form className="describe" onSubmit={(event) => void save(event)}>
        <label>
          Name
          <input value={name} maxLength={200} required data-testid="describe-name" onChange={({ target }) => setName(target.value)} />
        </label>
        <label>
          Notes
          <textarea rows={6} value={notes} maxLength={10_000} data-testid="describe-notes" onChange={({ target }) => setNotes(target.value)} />
        </label>
        {error && <Trouble error={error} onDismiss={() => setError(null)} />}
        <div className="describe-act">
          <button type="submit" className="primary" disabled={isSaving || name.trim() === ""}>
            {isSaving ? "Saving…" : "Save"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
