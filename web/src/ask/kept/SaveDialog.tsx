/** Saves a query under a name, with notes. */
import { putSavedQuery } from "../../api/client";
import type { ListedQuery } from "../../api/types";
import { NamedDialog } from "../../shared/dialog/NamedDialog";

interface SaveDialogProps {
  cypher: string;
  /** The saved query that it was; null: it was none. */
  before: ListedQuery | null;
  known: readonly ListedQuery[];
  onSaved: (name: string) => void;
  onClose: () => void;
}

export function SaveDialog({ cypher, before, known, onSaved, onClose }: SaveDialogProps) {
  const isOver = (name: string): boolean => known.some((one) => one.name === name);
  const told = (name: string): string => {
    if (!isOver(name)) return "It is kept in the database, for everybody who uses it; values of its $names are not.";
    return name === before?.name ? `What “${name}” says now is written over.` : "There is a query of this name: it is written over.";
  };
  return (
    <NamedDialog
      title="Save the query"
      testId="save"
      name={before?.name ?? ""}
      notes={before?.notes ?? ""}
      told={told}
      action={(name) => (isOver(name) ? "Save over it" : "Save")}
      save={(name, notes) => putSavedQuery(name, { cypher, notes })}
      onSaved={onSaved}
      onClose={onClose}
    />
  );
}
