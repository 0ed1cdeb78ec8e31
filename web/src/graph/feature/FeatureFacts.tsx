/**
 * graph/feature/: what the feature of a node is, in all graphs: its name, what is said of it, where it is active.
 *
 *     FeatureFacts -> Logits | Activations -> bars.ts | Examples -> excerpt.ts;  FeatureLabel -> Origin, author.ts
 *     useFeature.ts;  all -> feature.ts
 */
import type { FeatureRecord } from "../../api/types";
import { moment } from "../../shared/format";
import { GraphLink } from "../../shared/graphs/GraphLink";
import { besidePrompts } from "../../shared/graphs/title";
import { More } from "../../shared/more/More";
import { Trouble } from "../../shared/Trouble";
import type { Asked } from "../../shared/useAnswer";
import { Annotate } from "../annotation/Annotate";
import type { Annotation } from "../annotation/useAnnotation";
import { Activations } from "./Activations";
import { Examples } from "./Examples";
import { authorText, explanationsOf, factsSource, graphsBeside } from "./feature";
import { Logits } from "./Logits";
import "./FeatureFacts.css";

const MOST = { explanations: 2, graphs: 4 };

interface FeatureFactsProps {
  /** The id of the graph that is open. */
  graph: string;
  asked: Asked<FeatureRecord>;
  annotation: Annotation;
}

export function FeatureFacts({ graph, asked, annotation }: FeatureFactsProps) {
  const { answer: record, error, again } = asked;
  if (!record) {
    if (error) return <Trouble error={error} title="What this feature is could not be read" onRetry={again} />;
    return (
      <div className="skeleton feature-facts" role="status" aria-label="What this feature is is being read" data-testid="feature-loading">
        <span />
        <span />
        <span />
      </div>
    );
  }
  const { facts, page } = record;
  const explanations = explanationsOf(record);
  return (
    <div className="feature-facts" data-testid="feature-facts">
      {error && <Trouble error={error} title="What this feature is could not be read again" onRetry={again} />}
      {explanations.length > 0 && (
        <>
          <h3>{explanations.length === 1 ? "Explanation" : "Explanations"}</h3>
          <More
            items={explanations}
            most={MOST.explanations}
            className="feature-facts-explanations"
            testId="explanations"
            render={(one) => (
              <li key={`${one.type} ${one.author} ${one.text}`}>
                {one.text} <span className="muted">{authorText(one)}</span>
              </li>
            )}
          />
        </>
      )}
      {facts && <Logits top={facts.top_logits} bottom={facts.bottom_logits} />}
      {facts && <Activations facts={facts} />}
      {facts && facts.examples.length > 0 && <Examples examples={facts.examples} />}
      {!facts && (
        <div className="feature-facts-absent" data-testid="feature-absent">
          <p className="muted">
            {explanations.length === 0 ? "Nothing is known of this feature." : "Its logits and examples are not known."}
          </p>
          <Annotate annotation={annotation} />
        </div>
      )}
      <OtherGraphs record={record} graph={graph} />
      {(page ?? facts) && (
        <p className="feature-facts-source">
          {facts && (
            <span className="muted" title={`Read ${moment(facts.fetched_at)}`}>
              From {factsSource(facts.origin)}.{" "}
            </span>
          )}
          {page && (
            <a href={page} target="_blank" rel="noreferrer" data-testid="neuronpedia-page">
              Its page at Neuronpedia
            </a>
          )}
        </p>
      )}
    </div>
  );
}

function OtherGraphs({ record, graph }: { record: FeatureRecord; graph: string }) {
  const graphs = graphsBeside(record, graph);
  // The open graph's prompt is one that another may have, too.
  const beside = besidePrompts(record.graphs);
  if (graphs.length === 0) return null;
  return (
    <>
      <h3>
        Also in <span className="figure">{graphs.length}</span>
      </h3>
      <More
        items={graphs}
        most={MOST.graphs}
        className="feature-facts-graphs"
        testId="other-graphs"
        render={(other) => {
          const tokens = [...new Set(other.nodes.map(({ token }) => token.trim()))].filter(Boolean);
          return (
            <li key={other.id}>
              <GraphLink graph={other} beside={beside.get(other.id)} />
              {tokens.length > 0 && (
                <span className="muted">
                  {" "}
                  at <span className="token">{tokens.join(", ")}</span>
                </span>
              )}
            </li>
          );
        }}
      />
    </>
  );
}
