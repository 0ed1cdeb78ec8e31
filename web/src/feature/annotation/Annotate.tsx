/**
 * feature/annotation/: has the server find out what a graph's features are.
 *
 *     Annotate -> useAnnotation.ts -> annotation.ts (progress in words)
 */
import { useReadOnly } from "../../shared/hooks/useReadOnly";
import { Trouble } from "../../shared/Trouble";
import { problemsOf, progressText } from "./annotation";
import type { Annotation } from "./useAnnotation";
import "./Annotate.css";

interface AnnotateProps {
  annotation: Annotation;
  /** On the button. */
  text?: string | undefined;
}

export function Annotate({ annotation, text = "Find out what its features are" }: AnnotateProps) {
  const { isRunning, report, error, start } = annotation;
  const isDone = useReadOnly() || (report !== null && report.n_left === 0);
  return (
    <div className="annotate" data-testid="annotate" data-running={isRunning}>
      {!isDone && (
        <button type="button" data-testid="annotate-start" aria-disabled={isRunning} onClick={start}>
          {isRunning ? "Finding out…" : report ? "Ask for what is left" : text}
        </button>
      )}
      <div role="status">
        {isRunning && !report && <p className="muted">Kept explanations, files and Neuronpedia are being read.</p>}
        {report && <p>{progressText(report, isRunning)}</p>}
        {report && !isRunning && problemsOf(report).map((problem) => <p key={problem} className="annotate-problem">{problem}</p>)}
      </div>
      {error && <Trouble error={error} title="The features could not be looked up" />}
    </div>
  );
}
