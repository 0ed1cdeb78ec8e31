/**
 * graph/facts/: what is known about the graph as a whole.
 *
 *     GraphFacts -> Labels -> labelCounts.ts;  SharedGraphs -> useSharing.ts, featureCount.ts
 */
import type { ReactNode } from "react";
import type { GraphAnswer } from "../../api/types";
import { ago, count, moment, percent, score, seconds } from "../../shared/format";
import { useReadOnly } from "../../shared/hooks/useReadOnly";
import { againAddress, collectionAddress, follow } from "../../shared/router";
import { useNow } from "../../shared/hooks/useNow";
import { Labels, type LabelsProps } from "./Labels";
import "./GraphFacts.css";

const known = (value: number | null | undefined): value is number => typeof value === "number";

interface GraphFactsProps extends LabelsProps {
  record: GraphAnswer;
  /** The logit that an imported file calls its target, where that is not the most probable one. */
  fileTarget: string | null;
  /** What else is told of the graph, after its labels. */
  children?: ReactNode;
  /** What is done about its pruning. */
  pruning?: ReactNode;
}

export function GraphFacts({ record, fileTarget, children, pruning, ...labels }: GraphFactsProps) {
  const now = useNow();
  const isReadOnly = useReadOnly();
  const timings = Object.entries(record.timings ?? {});
  const whole = known(record.replacement_score) || known(record.completeness_score);
  const pruned = known(record.pruned_replacement_score) || known(record.pruned_completeness_score);
  return (
    <section className="detail" aria-labelledby="facts-title" data-testid="graph-facts">
      <h2 id="facts-title" tabIndex={-1}>
        This graph
      </h2>
      <p className="detail-where">
        {record.origin === "import" ? "Imported" : "Traced"}{" "}
        <span title={moment(record.created_at)}>{ago(record.created_at, now)}</span>
        {record.name && record.name !== record.prompt && <> · {record.name}</>}
      </p>
      {record.notes && (
        <p className="graph-facts-notes" data-testid="graph-notes">
          {record.notes}
        </p>
      )}
      {record.origin === "trace" && !isReadOnly && (
        <p>
          <a href={againAddress("graph", record.id)} onClick={follow} data-testid="trace-again">
            Edit the prompt and trace again
          </a>
        </p>
      )}

      <Labels {...labels} />
      {children}

      {record.collections.length > 0 && (
        <>
          <h3>Collections</h3>
          <ul data-testid="in-collections">
            {record.collections.map((name) => (
              <li key={name}>
                <a href={collectionAddress(name)} title="Its graphs, and what they share" onClick={follow}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}

      <h3>Model</h3>
      <dl className="detail-figures">
        <Fact term="model">{record.model}</Fact>
        <Fact term="transcoders">{record.transcoder_set || "not said"}</Fact>
        <Fact term="layers">{record.n_layers}</Fact>
        {record.dtype && <Fact term="precision">{record.dtype}</Fact>}
        {fileTarget !== null && <Fact term="the file’s target">{fileTarget}</Fact>}
        {record.attribution_targets && <Fact term="chosen targets">{record.attribution_targets.map(targetName).join(", ")}</Fact>}
      </dl>

      {(whole || pruned) && (
        <>
          <h3>How much is explained</h3>
          <table className="graph-facts-scores">
            <thead>
              <tr>
                <td />
                {whole && <th scope="col">whole trace</th>}
                <th scope="col">pruned</th>
              </tr>
            </thead>
            <tbody>
              <tr title="The share of influence that starts at tokens rather than at errors">
                <th scope="row">replacement</th>
                {whole && <td>{score(record.replacement_score, 3)}</td>}
                <td>{score(record.pruned_replacement_score, 3)}</td>
              </tr>
              <tr title="The share of nodes' inputs that is not error, weighted by influence">
                <th scope="row">completeness</th>
                {whole && <td>{score(record.completeness_score, 3)}</td>}
                <td>{score(record.pruned_completeness_score, 3)}</td>
              </tr>
            </tbody>
          </table>
        </>
      )}

      <h3>Size</h3>
      <dl className="detail-figures">
        <Fact term="features">{count(record.n_feature_nodes)}</Fact>
        <Fact term="errors">{count(record.n_error_nodes)}</Fact>
        <Fact term="embeddings">{count(record.n_embedding_nodes)}</Fact>
        <Fact term="logits">{count(record.n_logit_nodes)}</Fact>
        <Fact term="links">{count(record.n_edges)}</Fact>
        {record.n_dropped_links > 0 && <Fact term="links of weight 0, dropped">{count(record.n_dropped_links)}</Fact>}
        {known(record.n_active_features) && <Fact term="active features">{count(record.n_active_features)}</Fact>}
        {known(record.n_selected_features) && <Fact term="of them traced">{count(record.n_selected_features)}</Fact>}
      </dl>

      <h3>Pruning</h3>
      <dl className="detail-figures">
        <Fact term="node threshold">{known(record.node_threshold) ? percent(record.node_threshold, 0) : "not said"}</Fact>
        <Fact term="link threshold">{known(record.edge_threshold) ? percent(record.edge_threshold, 0) : "not said"}</Fact>
        <Fact term="inputs counted">{record.share_basis === "trace" ? "all of the whole trace" : "those in the file"}</Fact>
      </dl>
      {pruning}

      {timings.length > 0 && (
        <>
          <h3>Time</h3>
          <dl className="detail-figures">
            {timings.map(([phase, value]) => (
              <Fact key={phase} term={phase}>
                {seconds(value)}
              </Fact>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A token by its text or id; a direction by its name. */
function targetName(target: NonNullable<GraphAnswer["attribution_targets"]>[number]): string {
  if (typeof target === "string") return target;
  if (typeof target === "number") return `token ${target}`;
  return target.name ?? "a sum of logits";
}
