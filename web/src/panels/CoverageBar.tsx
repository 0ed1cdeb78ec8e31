/** Where all of the target's influence is: on show, elsewhere, or gone. */
import type { PathsAnswer } from "../api/types";
import { count, percent } from "../format";
import { segments, type SegmentName } from "./coverage";

const MEANING: Record<SegmentName, { name: string; title: string }> = {
  shown: { name: "shown", title: "Carried by the paths in this list" },
  direct: { name: "direct", title: "Straight from a token to the prediction, through no feature" },
  other: { name: "other paths", title: "Paths from tokens that are not in this list" },
  errors: { name: "errors", title: "Starts at error nodes: what the transcoders do not explain" },
  pruned: { name: "pruned away", title: "Was in the whole trace, and is not in the pruned graph" },
  rest: { name: "unaccounted", title: "Ends inside the graph, at nodes that have lost their inputs" },
};

export function CoverageBar({ answer, shown }: { answer: PathsAnswer; shown: number }) {
  const parts = segments(answer);
  const selected = answer.n_selected_features;
  const active = answer.n_active_features;
  const partial = selected !== null && active !== null && selected < active;
  return (
    <div className="coverage" data-testid="coverage" data-covered={answer.covered}>
      <p className="coverage-title">
        {shown === 1 ? "This path explains" : `These ${count(shown)} explain`} <b>{percent(answer.covered)}</b>
      </p>
      <div
        className="coverage-bar"
        role="img"
        aria-label={parts.map((part) => `${MEANING[part.name].name} ${percent(part.share)}`).join(", ")}
      >
        {parts.map((part) => (
          <span
            key={part.name}
            className={`part-${part.name}`}
            style={{ flexGrow: part.share }}
            title={`${MEANING[part.name].title}: ${percent(part.share)}`}
          />
        ))}
      </div>
      <ul className="coverage-key">
        {parts.map((part) => (
          <li key={part.name} title={MEANING[part.name].title}>
            <span className={`swatch part-${part.name}`} />
            {MEANING[part.name].name} <span className="figure">{percent(part.share).replace(" %", "")}</span>
          </li>
        ))}
      </ul>
      {partial && (
        <p className="coverage-note">
          Shares are over {count(selected)} of {count(active)} active features.
        </p>
      )}
    </div>
  );
}
