/** One ranked row: its steps, its score, its bar, and a group's strongest single paths. */
import { useState } from "react";
import { counted } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import type { GraphModel } from "../model/model";
import { scoreDigits, type Score } from "../question/scores";
import { canOpen, type LitRow, type Row } from "./rows";
import { ScoreValue } from "./ScoreValue";
import { Sequence } from "./Sequence";
import { stepOfNode } from "./steps";
import "./PathRow.css";

interface PathRowProps {
  model: GraphModel;
  rank: number;
  row: Row;
  score: Score;
  /** The largest size of all rows, whose bar has the full length. */
  most: number;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
}

export function PathRow({ model, rank, row, score, most, lit, onLight }: PathRowProps) {
  const { steps, value, size, members, best } = row;
  const [open, setOpen] = useState(false);
  const whole = lit !== null && lit.member === null;
  const digits = scoreDigits(score, most);
  return (
    <li className={whole ? "path-row is-lit" : "path-row"} data-testid="path-row" data-rank={rank + 1} data-lit={whole}>
      <button type="button" className="path-row-button" aria-pressed={whole} onClick={() => onLight({ rank, member: null })}>
        <span className="path-row-line">
          <Sequence steps={steps} writeToken={model.writeToken} />
          <ScoreValue score={score} value={value} digits={digits} group={members === null ? null : { size, members }} />
        </span>
        <Bar value={value} size={size} most={most} />
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
      {canOpen(row) && open && (
        <ul className="path-row-best">
          {best.map((path, member) => (
            <li key={member}>
              <button
                type="button"
                className={lit?.member === member ? "is-lit" : ""}
                aria-pressed={lit?.member === member}
                data-testid="member-row"
                onClick={() => onLight({ rank, member })}
              >
                <Sequence steps={path.nodes.map(stepOfNode)} writeToken={model.writeToken} />
                <ScoreValue score={score} value={path.score} digits={digits} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** As long as the row's size; pale where members of opposite signs cancel. */
function Bar({ value, size, most }: { value: number; size: number; most: number }) {
  const part = (of: number) => ({ width: `${most > 0 ? (of / most) * 100 : 0}%` });
  return (
    <span className={value < 0 ? "bar is-negative" : "bar"} aria-hidden="true">
      <span style={part(Math.abs(value))} />
      <span className="path-row-cancelled" style={part(size - Math.abs(value))} />
    </span>
  );
}
