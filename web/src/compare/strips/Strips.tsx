/** The prompts' tokens above each other: what both have at the same place, what stands in place of what, and gaps. */
import { useMemo, useState } from "react";
import type { GraphAnswer } from "../../api/types";
import { counted, tokenWriter } from "../../shared/format";
import { SIDES, type Side } from "../asked";
import { Badge } from "../Badge";
import { align, folded, type Column } from "./align";
import "./Strips.css";

export function Strips({ graphs }: { graphs: Record<Side, GraphAnswer> }) {
  const { a, b } = graphs;
  const columns = useMemo(() => align(a.tokens, b.tokens), [a, b]);
  const pieces = useMemo(() => folded(columns), [columns]);
  const [isWhole, setWhole] = useState(false);
  const written = useMemo(() => tokenWriter([...a.tokens, ...b.tokens]), [a, b]);
  const shown = isWhole ? columns.map((column) => ({ kind: "column", column }) as const) : pieces;
  const isFolded = pieces.some(({ kind }) => kind === "run");
  const differing = columns.filter(({ same }) => !same).length;
  return (
    <section className="strips" aria-label="Tokens">
      <div className="strips-scroll" tabIndex={0} role="region" aria-label="Tokens of both prompts">
        <table>
          <tbody>
            {SIDES.map((side) => (
              <tr key={side} data-testid={`tokens-${side}`}>
                <th scope="row">
                  <Badge side={side} />
                </th>
                {shown.map((piece, at) =>
                  piece.kind === "run" ? (
                    <td key={at} className="strips-run" title={piece.columns.map((column) => written(graphs[side].tokens[column[side] ?? 0] ?? "")).join(" ")}>
                      … {piece.columns.length} the same …
                    </td>
                  ) : (
                    <Token key={at} side={side} column={piece.column} text={textOf(graphs[side], piece.column[side], written)} />
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="strips-foot muted">
        {differing === 0 ? "The same tokens." : `${counted(columns.length - differing, "token")} the same, ${counted(differing, "place")} where they differ.`}
        {isFolded && (
          <button type="button" className="chip" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {isWhole ? "Fold what is the same" : "Show all tokens"}
          </button>
        )}
      </p>
    </section>
  );
}

const textOf = ({ tokens }: GraphAnswer, position: number | null, written: (token: string) => string): string | null =>
  position === null ? null : written(tokens[position] ?? "");

function Token({ side, column, text }: { side: Side; column: Column; text: string | null }) {
  if (text === null) {
    return (
      <td className="strips-gap">
        <span className="unseen">no token</span>
      </td>
    );
  }
  return (
    <td className={column.same ? "strips-same" : `strips-differs is-${side}`}>
      <span className="token">{text}</span>
      {!column.same && <span className="unseen"> (differs)</span>}
    </td>
  );
}
