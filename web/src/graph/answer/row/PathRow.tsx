/** One ranked row: its steps, its score, its bar, and a group's strongest single paths. */
import { useState } from "react";
import type { PathEffect } from "../../../api/types";
import { counted } from "../../../shared/format";
import { Icon } from "../../../shared/Icon";
import { VerdictMark } from "../../interventions/verification/VerdictMark";
import type { RowVerdict } from "../../interventions/verification/verdicts";
import type { GraphModel } from "../../model/model";
import type { Score } from "../../question/scores";
import { effectText, lowersTarget, raisingPart } from "../effect";
import type { Side } from "../../question/question";
import { canOpen, distinctSteps, type LitRow, type Row } from "../rows";
import { stepOfNode } from "../steps";
import { ScoreValue } from "./ScoreValue";
import { Sequence } from "./Sequence";
import "./PathRow.css";

interface PathRowProps {
  model: GraphModel;
  /** The list that holds the row. */
  side: Side;
  rank: number;
  row: Row;
  score: Score;
  /** The largest size of all rows, whose bar has the full length. */
  most: number;
  /** Digits after the point of every row's figure. */
  digits: number;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
  /** The pointer or the focus is on the row, or on one of its members; null: it has left. */
  onHover: (row: LitRow | null) => void;
  /** Leads to what is said of the lit row. */
  onDetails: () => void;
  /** What the model says of the row; null: it was not tested. */
  verdict: RowVerdict | null;
}

export function PathRow({ model, side, rank, row, score, most, digits, lit, onLight, onHover, onDetails, verdict }: PathRowProps) {
  const { steps, value, size, effect, members, best } = row;
  const whole = lit !== null && lit.member === null;
  const [toggled, setOpen] = useState<boolean | null>(null);
  // A lit member is in sight, unless the reader has closed its row.
  const open = toggled ?? (lit !== null && !whole);
  const stepsOfBest = canOpen(row) && open ? distinctSteps(best.map((path) => path.nodes.map((node) => stepOfNode(model, node)))) : [];
  const hovering = (member: number | null) => ({
    onPointerEnter: () => onHover({ side, rank, member }),
    onPointerLeave: () => onHover(null),
    onFocus: () => onHover({ side, rank, member }),
    onBlur: () => onHover(null),
  });
  return (
    <li className={whole ? "path-row is-lit" : "path-row"} data-testid="path-row" data-row={`${side}.${rank}`} data-rank={rank + 1} data-lit={whole}>
      <button
        type="button"
        className="path-row-button"
        aria-pressed={whole}
        onClick={() => onLight({ side, rank, member: null })}
        {...hovering(null)}
      >
        <span className="path-row-line">
          <Sequence steps={steps} />
          <ScoreValue
            score={score}
            value={value}
            digits={digits}
            group={members === null ? null : { size, members }}
            title={effectText(effect, lowersTarget(score, value, effect))}
          />
        </span>
        <span className="path-row-effect">
          <EffectSign effect={effect} isLowering={lowersTarget(score, value, effect)} />
          {verdict && <VerdictMark verdict={verdict} />}
          <Bar effect={effect} size={size} most={most} />
        </span>
      </button>
      {canOpen(row) && (
        <button
          type="button"
          className={open ? "path-row-members is-open" : "path-row-members"}
          aria-expanded={open}
          data-testid="path-members"
          title="The strongest single paths among them"
          onClick={() => setOpen(!open)}
        >
          {counted(members ?? 1, "path")}
          <Icon name="chevron" />
        </button>
      )}
      {lit !== null && (
        <button type="button" className="path-row-details" data-testid="to-details" onClick={onDetails}>
          To its details
        </button>
      )}
      {canOpen(row) && open && (
        <ul className="path-row-best">
          {best.map((path, member) => (
            <li key={member}>
              <button
                type="button"
                className={lit?.member === member ? "is-lit" : ""}
                aria-pressed={lit?.member === member}
                data-testid="member-row"
                onClick={() => onLight({ side, rank, member })}
                {...hovering(member)}
              >
                <Sequence steps={stepsOfBest[member] ?? []} />
                <span className="path-row-figures">
                  <EffectSign effect={path.effect} isLowering={lowersTarget(score, path.score, path.effect)} />
                  <ScoreValue score={score} value={path.score} digits={digits} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** "+" where the paths raise the target on balance, "−" where they lower it. */
function EffectSign({ effect, isLowering }: { effect: PathEffect; isLowering: boolean }) {
  const text = effectText(effect, isLowering);
  return (
    <span className={isLowering ? "path-row-sign is-lowering" : "path-row-sign"} title={text}>
      <span aria-hidden="true">{isLowering ? "−" : "+"}</span>
      <span className="unseen">{text}</span>
    </span>
  );
}

/** As long as the row's size, parted into the influence that raises the target and the influence that lowers it. */
function Bar({ effect, size, most }: { effect: PathEffect; size: number; most: number }) {
  const length = most > 0 ? (size / most) * 100 : 0;
  const raising = raisingPart(effect);
  return (
    <span className="bar" aria-hidden="true">
      {raising > 0 && <span className="path-row-raising" style={{ width: `${length * raising}%` }} />}
      {raising < 1 && <span className="path-row-lowering" style={{ width: `${length * (1 - raising)}%` }} />}
    </span>
  );
}
