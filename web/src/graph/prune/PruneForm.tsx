/** How much another pruning of the trace is to keep; or why there can be none. */
import { useId, useState, type SyntheticEvent } from "react";
import type { GraphRecord } from "../../api/types";
import { count, counted } from "../../shared/format";
import { useReadOnly } from "../../shared/hooks/useReadOnly";
import type { Pruning } from "./usePruning";
import { firstTyped, isOwn, shareOf, thresholdsOf } from "./thresholds";
import "./PruneForm.css";

interface PruneFormProps {
  record: GraphRecord;
  pruning: Pruning;
}

export function PruneForm({ record, pruning: { run, start } }: PruneFormProps) {
  const isReadOnly = useReadOnly();
  const [typed, setTyped] = useState(() => firstTyped(record));
  const { n_trace_nodes: traceNodes, n_trace_edges: traceLinks } = record;
  const asked = thresholdsOf(typed);
  const own = asked !== null && isOwn(asked, record);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (asked !== null && !own) start(asked);
  };
  const why = isReadOnly
    ? "This data set is only read: no graph can be added to it."
    : record.trace_id === null
      ? "The whole trace of this graph is not kept here: it was imported as it is, or traced by an older version. Trace its prompt again to prune it otherwise."
      : null;
  return (
    <div className="prune-form">
      <p data-testid="prune-sizes">
        This graph has {counted(record.n_nodes, "node")} and {counted(record.n_edges, "link")}
        {typeof traceNodes === "number" && typeof traceLinks === "number" && (
          <>
            {" "}
            of the {count(traceNodes)} nodes and {count(traceLinks)} links of its whole trace
          </>
        )}
        .
      </p>
      {why !== null ? (
        <p role="status" data-testid="prune-impossible">
          {why}
        </p>
      ) : (
        <form className="prune-form-fields" onSubmit={submit}>
          <Field
            label="Node threshold"
            help="Nodes are kept, those of most influence on the logits first, until they hold this share of all of it: 0 to 1, and 1 keeps all."
            text={typed.node}
            onText={(node) => setTyped({ ...typed, node })}
          />
          <Field
            label="Link threshold"
            help="Of the links between these nodes the same: those of most influence, until they hold this share, 0 to 1. What then leads nowhere goes, too."
            text={typed.edge}
            onText={(edge) => setTyped({ ...typed, edge })}
          />
          {own && (
            <p className="muted" role="status" data-testid="prune-own">
              These are this graph’s own thresholds, which make this graph.
            </p>
          )}
          <button type="submit" className="primary" disabled={asked === null || own || run.isRunning} data-testid="prune-start">
            {run.isRunning ? "Pruning…" : "Prune"}
          </button>
          <p className="muted">It makes another graph, without the model. This one stays as it is.</p>
        </form>
      )}
    </div>
  );
}

interface FieldProps {
  label: string;
  help: string;
  text: string;
  onText: (text: string) => void;
}

function Field({ label, help, text, onText }: FieldProps) {
  const id = useId();
  const wrong = shareOf(text) === null;
  return (
    <div className="prune-form-field">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="text" inputMode="decimal" autoComplete="off" value={text} aria-invalid={wrong} aria-describedby={`${id}-help`} onChange={({ target }) => onText(target.value)} />
      <p id={`${id}-help`} className={wrong ? "is-wrong" : "muted"}>
        {wrong ? "A share from 0 to 1, such as 0.8." : help}
      </p>
    </div>
  );
}
