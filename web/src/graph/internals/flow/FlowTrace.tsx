/** How much of the stream at the prediction's position a traced source makes up, from layer to layer, as a line. */
import { percent, quantity } from "../../../shared/format";
import type { FlowMeasure } from "../../../api/types";
import { cssColour } from "./colours";
import { halfName } from "./paint";
import "./FlowTrace.css";

interface FlowTraceProps {
  name: string;
  colour: number;
  /** Its share in every row, from the first layer to the last. */
  course: readonly number[];
  measure: FlowMeasure;
  /** The position's token, with its place. */
  predicted: string;
  onEnd: () => void;
}

/** Of the viewBox, which is stretched. */
const [WIDTH, HEIGHT] = [100, 30];

export function FlowTrace({ name, colour, course, measure, predicted, onEnd }: FlowTraceProps) {
  const text = (value: number | undefined): string => (measure === "norm" ? percent(value) : quantity(value));
  const known = course.filter((value) => Number.isFinite(value));
  const top = Math.max(0, ...known);
  const bottom = Math.min(0, ...known);
  const x = (row: number): number => (course.length < 2 ? 0 : (WIDTH * row) / (course.length - 1));
  const y = (value: number): number => (HEIGHT * (top - value)) / (top - bottom || 1);
  const most = course.reduce((best, value, row) => (Math.abs(value) > Math.abs(course[best] ?? NaN) || !Number.isFinite(course[best]) ? row : best), 0);
  return (
    <section className="flow-trace" aria-label="The traced source" data-testid="flow-trace">
      <p className="flow-trace-text">
        <b className="token">{name}</b> at <span className="token">{predicted}</span>: {text(course[0])} after layer 0’s attention,{" "}
        {text(course.at(-1))} at the output; most {halfName(most)}: {text(course[most])}.{" "}
        <button type="button" className="chip" onClick={onEnd}>
          Trace no more
        </button>
      </p>
      <div className="flow-trace-plot" aria-hidden="true">
        <span className="flow-trace-top">{text(top)}</span>
        <span className="flow-trace-foot">{text(bottom)}</span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
          <line x1="0" x2={WIDTH} y1={y(0)} y2={y(0)} className="flow-trace-zero" />
          {pieces(course).map((piece) => (
            <polyline key={piece[0]?.row} points={piece.map(({ row, value }) => `${x(row)},${y(value)}`).join(" ")} style={{ stroke: cssColour(colour) }} />
          ))}
        </svg>
        <span className="flow-trace-first">layer 0</span>
        <span className="flow-trace-last">output</span>
      </div>
    </section>
  );
}

/** The line without what is not known. */
function pieces(course: readonly number[]): { row: number; value: number }[][] {
  const found: { row: number; value: number }[][] = [[]];
  course.forEach((value, row) => {
    if (Number.isFinite(value)) found.at(-1)?.push({ row, value });
    else found.push([]);
  });
  return found.filter((piece) => piece.length > 0);
}
