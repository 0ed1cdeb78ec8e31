/**
 * feature/: what a feature is, whatever graph it fires in: its name, what is said of it, what it reads and writes.
 *
 *     FeatureFacts -> Logits | Activations -> bars.ts | Examples -> excerpt.ts;  FeatureLabel -> Origin, author.ts
 *     FeatureFacts -> annotation/;  useFeature.ts;  all -> feature.ts
 */
import type { ReactNode } from "react";
import type { FeatureRecord } from "../api/types";
import { moment } from "../shared/format";
import { More } from "../shared/more/More";
import { Trouble } from "../shared/Trouble";
import type { Asked } from "../shared/useAnswer";
import { Annotate } from "./annotation/Annotate";
import type { Annotation } from "./annotation/useAnnotation";
import { Activations } from "./Activations";
import { Examples } from "./Examples";
import { authorText, explanationsOf, factsSource } from "./feature";
import { Logits } from "./Logits";
import "./FeatureFacts.css";

/** Explanations that are shown at first. */
const MOST = 2;

interface FeatureFactsProps {
  asked: Asked<FeatureRecord>;
  /** By which more may be found out; null: there is no graph whose features could be looked up. */
  annotation: Annotation | null;
  /** What is written on the button for that, where it is not of the graph that is open. */
  findOut?: string;
  /** What stands before the sources. */
  children?: ReactNode;
}

export function FeatureFacts({ asked, annotation, findOut, children }: FeatureFactsProps) {
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
            most={MOST}
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
          {annotation && <Annotate annotation={annotation} text={findOut} />}
        </div>
      )}
      {children}
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
