/** One head, large, on each prompt: its pattern, and what the token pointed at looks at and is looked at by. */
import { useMemo, useState, type CSSProperties } from "react";
import { getHead } from "../../../api/client";
import type { InternalsAnswer, PatternKind } from "../../../api/types";
import { Trouble } from "../../../shared/Trouble";
import { useAnswer } from "../../../shared/useAnswer";
import { headName, tokenName, type Cell, type Head, type Inside } from "../inside";
import { axisRoom } from "../matrix/AxisNames";
import { ColourBar } from "../matrix/ColourBar";
import type { Scale } from "../matrix/colours";
import { HeatMap } from "../matrix/HeatMap";
import type { CellPlace, Place } from "../matrix/place";
import { valuesOf, type Values } from "../numbers";
import { Pointed, type At } from "../pointed";
import { usePointed } from "../usePointed";
import { BothWays } from "./BothWays";
import { cellText, KINDS, scaleOf } from "./patterns";
import { promptText } from "./chosen/usePrompts";
import "./LargeHead.css";

/** Pixels, with which a short prompt is seen whole. */
const LARGEST_CELL = 30;

interface LargeHeadProps {
  prompts: readonly InternalsAnswer[];
  head: Head;
  kind: PatternKind;
  withoutFirst: boolean;
  notation: Inside["notation"];
  /** Of this graph's prompt. */
  cell: Cell | null;
  onCell: (cell: Cell) => void;
  pointed: Pointed;
}

export function LargeHead({ prompts, head, kind, withoutFirst, notation, cell, onCell, pointed }: LargeHeadProps) {
  const key = JSON.stringify([prompts.map(({ id }) => id), head.layer, head.head, kind, withoutFirst]);
  const { answer, error, again } = useAnswer(key, async (signal) => {
    const asked = prompts.map(async (prompt) => ({ prompt, pattern: valuesOf((await getHead(prompt.graph, head.layer, head.head, kind, null, withoutFirst, signal)).pattern) }));
    return { head, kind, withoutFirst, prompts: await Promise.all(asked) };
  });
  const scale = useMemo(() => scaleOf(answer?.kind ?? "standard", (answer?.prompts ?? []).map(({ pattern }) => pattern)), [answer]);
  if (error) return <Trouble error={error} title="The pattern could not be read" onRetry={again} />;
  if (!answer) return <p className="muted">Reading the pattern…</p>;
  const shown = { kind: answer.kind, withoutFirst: answer.withoutFirst, scale, name: headName(answer.head, notation) };
  return (
    <div className="large-head" data-testid="large-head" data-head={headName(answer.head, "LH")} data-kind={answer.kind}>
      <ColourBar scale={scale} meaning={KINDS[answer.kind].unit} masked="later than the query" hasUnknown={answer.withoutFirst} unknown="left out" />
      {answer.prompts.map(({ prompt, pattern }, place) =>
        place === 0 ? (
          <OnPrompt key={prompt.id} {...shown} prompt={prompt} isAlone={prompts.length === 1} pattern={pattern} cell={cell} onCell={onCell} pointed={pointed} testId="pattern" />
        ) : (
          <OnOtherPrompt key={prompt.id} {...shown} prompt={prompt} pattern={pattern} testId={`pattern-${place}`} />
        ),
      )}
    </div>
  );
}

interface Shown {
  kind: PatternKind;
  withoutFirst: boolean;
  scale: Scale;
  /** The head's. */
  name: string;
  prompt: InternalsAnswer;
  pattern: Values;
  testId: string;
}

/** Its positions and its cells are its own. */
function OnOtherPrompt(props: Shown) {
  const [cell, setCell] = useState<Cell | null>(null);
  const [pointed] = useState(() => new Pointed());
  return <OnPrompt {...props} isAlone={false} cell={cell} onCell={setCell} pointed={pointed} />;
}

interface OnPromptProps extends Shown {
  isAlone: boolean;
  cell: Cell | null;
  onCell: (cell: Cell) => void;
  pointed: Pointed;
}

function OnPrompt({ kind, withoutFirst, scale, name, prompt, isAlone, pattern, cell, onCell, pointed, testId }: OnPromptProps) {
  const { tokens } = prompt;
  const at = usePointed(pointed);
  const names = useMemo(() => tokens.map((_, position) => tokenName(tokens, position)), [tokens]);
  const [rows, columns] = useMemo(() => [{ title: "query", names }, { title: "key", names }], [names]);
  const pick = ({ row, column }: CellPlace) => onCell({ query: row, key: column });
  return (
    <section className="large-head-prompt">
      {!isAlone && <h3 className="large-head-text">{promptText(prompt)}</h3>}
      <div className="large-head-both" style={{ "--map-most": `${Math.ceil(axisRoom(names)) + tokens.length * LARGEST_CELL + 4}px` } as CSSProperties}>
        <div className="large-head-map">
          <HeatMap
            values={pattern}
            scale={scale}
            rows={rows}
            columns={columns}
            name={`${name}, ${KINDS[kind].name} pattern: queries down, keys across`}
            causal
            describe={(place, value) => cellText(tokens, kind, withoutFirst, place, value)}
            hovered={placeOf(at)}
            onHover={(place) => pointed.set(pointedAt(place))}
            selected={cell && cell.query < tokens.length ? { row: cell.query, column: cell.key } : null}
            onPick={pick}
            largestCell={LARGEST_CELL}
            testId={testId}
          />
        </div>
        <BothWays pattern={pattern} kind={kind} scale={scale} names={names} at={at} cell={cell} fallback={prompt.position} onPoint={pointed.set} onCell={onCell} />
      </div>
    </section>
  );
}

/** What is marked of what is pointed at. A token alone is a query and a key: its row and its column are. */
const placeOf = (at: At | null): Place | null => at && { row: at.query ?? at.key, column: at.key };

const pointedAt = (place: Place | null): At | null => {
  if (place === null) return null;
  return place.row !== null && place.column !== null ? { query: place.row, key: place.column } : { query: null, key: place.row ?? place.column };
};
