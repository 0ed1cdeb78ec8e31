/** The stored graphs, newest first. */
import type { ApiError } from "../api/client";
import type { GraphRecord } from "../api/types";
import { DeleteGraph } from "../shared/DeleteGraph";
import { ago, barePrompt, count, moment, score } from "../shared/format";
import { Prediction, hasChosenTargets } from "../shared/Prediction";
import { follow, graphAddress } from "../shared/router";
import { useNow } from "../shared/useNow";
import "./GraphList.css";

interface GraphListProps {
  graphs: readonly GraphRecord[];
  onDeleted: () => void;
  onError: (error: ApiError) => void;
}

export function GraphList({ graphs, onDeleted, onError }: GraphListProps) {
  const now = useNow();
  return (
    <table className="graph-list">
      <thead>
        <tr>
          <th scope="col">Prompt and prediction{graphs.some(hasChosenTargets) && ", or target"}</th>
          <th scope="col">Model</th>
          <th scope="col" className="graph-list-number">
            Nodes
          </th>
          <th scope="col" className="graph-list-number">
            Links
          </th>
          <th scope="col" className="graph-list-number" title="Feature nodes with a label, by which paths are grouped">
            Labelled
          </th>
          <th
            scope="col"
            className="graph-list-number"
            title="Replacement score: the share of influence that starts at tokens rather than at what the transcoders miss"
          >
            Replacement
          </th>
          <th scope="col">When</th>
          <th scope="col">
            <span className="unseen">Delete</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {graphs.map((record) => (
          <tr key={record.id} data-testid="graph-row" data-graph-id={record.id}>
            <td className="graph-list-what">
              <a href={graphAddress(record.id)} onClick={follow} title={barePrompt(record)}>
                <Prediction record={record} />
              </a>
            </td>
            <td className="graph-list-model">{record.model}</td>
            <td className="graph-list-number" data-unit="nodes">
              {count(record.n_nodes)}
            </td>
            <td className="graph-list-number" data-unit="links">
              {count(record.n_edges)}
            </td>
            <td className="graph-list-number">{record.n_labelled_nodes > 0 ? count(record.n_labelled_nodes) : "–"}</td>
            <Replacement record={record} />
            <td className="graph-list-when" title={moment(record.created_at)}>
              {ago(record.created_at, now)}
              {record.origin === "import" && <span className="muted"> · imported</span>}
            </td>
            <td className="graph-list-act">
              <DeleteGraph id={record.id} name={barePrompt(record)} onDeleted={onDeleted} onError={onError} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Replacement({ record }: { record: GraphRecord }) {
  const whole = record.replacement_score ?? null;
  const pruned = record.pruned_replacement_score ?? null;
  if (whole === null && pruned !== null) {
    return (
      <td className="graph-list-number" title="Of the pruned graph; the file does not say it of the whole trace">
        {score(pruned)} <span className="muted">of pruned</span>
      </td>
    );
  }
  return <td className="graph-list-number">{score(whole)}</td>;
}
