/** A graph's name and notes, to be changed. */
import { describeGraph } from "../../api/client";
import type { KeptGraph } from "../../api/types";
import { NamedDialog } from "../../shared/dialog/NamedDialog";

interface DescribeProps {
  graph: KeptGraph["graph"];
  onSaved: () => void;
  onClose: () => void;
}

export function Describe({ graph, onSaved, onClose }: DescribeProps) {
  return (
    <NamedDialog
      title="Name and notes"
      testId="describe"
      name={graph.name}
      notes={graph.notes}
      save={(name, notes) => describeGraph(graph.id, { name, notes })}
      onSaved={onSaved}
      onClose={onClose}
    />
  );
}
