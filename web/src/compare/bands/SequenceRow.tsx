/** One sequence: its steps, and what it does to each graph's target. */
import type { ComparedSequence } from "../../api/types";
import { counted, exactToken, featureName, percent } from "../../shared/format";
import { other, SIDES, targetOf, type Asked, type By } from "../asked";
import { placeOf, type Elsewhere } from "./rows";
import { sequenceAddress } from "./links";
import { Measure } from "./Measure";
import "./SequenceRow.css";

interface SequenceRowProps {
  row: ComparedSequence;
  ids: readonly string[];
  asked: Asked;
  by: By;
  /** The size of the longest bar. */
  most: number;
  elsewhere: Elsewhere | null;
}

/** Sources that are named. */
const MOST_SOURCES = 3;

export function SequenceRow({ row, ids, asked, by, most, elsewhere }: SequenceRowProps) {
  const sides = SIDES.filter((side) => row.in_graphs[placeOf(side)] !== null);
  const [only] = sides.length === 1 ? sides : [];
  return (
    <li className="sequence-row" data-testid="sequence-row">
      <p className="sequence-row-steps">
        {row.steps.map((step, at) => (
          <span key={at}>
            {at > 0 && <span className="muted"> → </span>}
            <Step step={step} />
          </span>
        ))}
      </p>
      {sides.map((side) => {
        const at = placeOf(side);
        const part = row.in_graphs[at];
        if (!part) return null;
        const href = sequenceAddress(ids[at] ?? "", row, at, { target: targetOf(asked, side), by, hideBos: asked.hideBos });
        return <Measure key={side} side={side} href={href} effect={part.effect} size={part.score} most={most} title={`From ${sourcesOf(part)}`} />;
      })}
      {only && <p className="sequence-row-note muted">from {sourcesOf(row.in_graphs[placeOf(only)] ?? null)}</p>}
      {elsewhere && only && (
        <p className="sequence-row-note muted" data-testid="elsewhere">
          {elsewhereText(elsewhere, other(only).toUpperCase())}
        </p>
      )}
    </li>
  );
}

/** "6 of its 11 features are in B too, as “Say (Sacramento)”" */
function elsewhereText({ n, of, name, others }: Elsewhere, graph: string): string {
  const features = of === 1 ? "Its feature is" : n === of ? `All its ${of} features are` : `${n} of its ${of} features ${n === 1 ? "is" : "are"}`;
  return `${features} in ${graph} too, as “${name}”${others > 0 ? ` and by ${counted(others, "other name")}` : ""}`;
}

function sourcesOf(part: ComparedSequence["in_graphs"][number]): string {
  const sources = part?.sources ?? [];
  const named = sources.slice(0, MOST_SOURCES).map(({ token, score }) => `${exactToken(token.trim() || token)} ${percent(score)}`);
  const others = sources.length - named.length;
  return named.join(", ") + (others > 0 ? ` and ${others} more` : "");
}

function Step({ step: { name, layer, index, site } }: { step: ComparedSequence["steps"][number] }) {
  const feature = layer === null || index === null ? null : featureName(layer, index, site);
  return (
    <>
      {name !== null && <b>{name}</b>}
      {feature !== null && <span className={name === null ? "" : "muted sequence-row-feature"}> {feature}</span>}
    </>
  );
}
