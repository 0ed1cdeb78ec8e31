/** A button that deletes a graph, which can be had back for a while. */
import { useReadOnly } from "../hooks/useReadOnly";
import { barePrompt } from "../format";
import { Icon } from "../Icon";
import { useDeletion, type Deleted } from "./deletion";

interface DeleteGraphProps {
  graph: Deleted;
  onDeleted?: () => void;
}

export function DeleteGraph({ graph, onDeleted }: DeleteGraphProps) {
  const { remove } = useDeletion();
  const isReadOnly = useReadOnly();
  if (isReadOnly) return null;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Delete the graph of “${barePrompt(graph)}”`}
      title="Delete this graph"
      data-testid="delete-graph"
      onClick={() => {
        remove([graph]);
        onDeleted?.();
      }}
    >
      <Icon name="bin" />
    </button>
  );
}
