/** Heads between two figures: what goes together, and which heads stand apart. */
import { useMemo, useState, type KeyboardEvent, type PointerEvent } from "react";
import { Icon } from "../../../../shared/Icon";
import { headName, type InsideProps } from "../../inside";
import { Choice, WithoutFirst } from "../Choice";
import { coefficient, correlation } from "../correlation";
import { Lacking } from "../Lacking";
import { axisName, figure, headAt, headValues, placeOf } from "../measures";
import { sentence, Tip, type Told } from "../Tip";
import { useWidth } from "../useSize";
import { axis, named, nearest, nextPoint, points } from "./points";
import "./Scatter.css";

const MARGIN = { left: 56, right: 14, top: 12, bottom: 42 };

export function Scatter({ internals, inside, onInside, head, onHead, onCompute }: InsideProps) {
  const { map, across, withoutFirst, notation } = inside;
  const { n_heads: nHeads } = internals;
  const up = useMemo(() => headValues(internals, map, withoutFirst), [internals, map, withoutFirst]);
  const right = useMemo(() => headValues(internals, across, withoutFirst), [internals, across, withoutFirst]);
  const lacking = [up ? null : map, right ? null : across].find((name) => name !== null);
  return (
    <div className="scatter" data-testid="heads-scatter">
      <div className="scatter-choices">
        <Choice text="y" internals={internals} value={map} testId="scatter-y" onChange={(name) => onInside({ map: name })} />
        <button type="button" className="icon-button" aria-label="Exchange the axes" title="Exchange the axes" onClick={() => onInside({ map: across, across: map })}>
          <Icon name="turn" />
        </button>
        <Choice text="x" internals={internals} value={across} testId="scatter-x" onChange={(name) => onInside({ across: name })} />
        <WithoutFirst internals={internals} names={[map, across]} inside={inside} onInside={onInside} />
      </div>
      {lacking !== undefined || !up || !right ? (
        <Lacking internals={internals} name={lacking ?? map} onCompute={onCompute} />
      ) : (
        <Plot up={up} right={right} nHeads={nHeads} notation={notation} selected={head && placeOf(head, nHeads)} onPick={(place) => onHead(headAt(place, nHeads))} />
      )}
    </div>
  );
}

interface PlotProps {
  up: NonNullable<ReturnType<typeof headValues>>;
  right: NonNullable<ReturnType<typeof headValues>>;
  nHeads: number;
  notation: InsideProps["inside"]["notation"];
  /** The selected head's place. */
  selected: number | null;
  onPick: (place: number) => void;
}

function Plot({ up, right, nHeads, notation, selected, onPick }: PlotProps) {
  const [box, width] = useWidth<HTMLDivElement>();
  const [pointed, setPointed] = useState<number | null>(null);
  const height = Math.round(Math.min(560, Math.max(280, width * 0.72)));
  const axisX = useMemo(() => axis(right, MARGIN.left, Math.max(MARGIN.left + 50, width - MARGIN.right)), [right, width]);
  const axisY = useMemo(() => axis(up, height - MARGIN.bottom, MARGIN.top), [up, height]);
  const all = useMemo(() => points(right.values, up.values, axisX, axisY), [right, up, axisX, axisY]);
  const names = useMemo(() => named(all, (place) => headName(headAt(place, nHeads), notation), width - MARGIN.right, selected), [all, nHeads, notation, width, selected]);
  const together = useMemo(() => correlation(right.values, up.values), [right, up]);
  const told = (place: number): Told => ({
    name: headName(headAt(place, nHeads), notation),
    facts: [up, right].map(({ measure, values }) => [measure.title, figure(measure, values[place])]),
  });
  const unknown = right.values.length - all.length;
  const sameUnit = right.measure.unit === up.measure.unit && right.measure.isSigned === up.measure.isSigned;
  /** Where both figures are equal, between the edges of the plot. */
  const equal = sameUnit ? equalLine(axisX.ticks, axisY.ticks) : null;

  const at = ({ nativeEvent: { offsetX, offsetY } }: PointerEvent): number | null => nearest(all, offsetX, offsetY);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === "Enter" || event.key === " ") && pointed !== null) {
      event.preventDefault();
      onPick(pointed);
      return;
    }
    const next = nextPoint(event.key, pointed ?? selected, all);
    if (next === null) return;
    event.preventDefault();
    setPointed(next);
  };
  const marked = all.find(({ place }) => place === pointed) ?? null;

  return (
    <div className="scatter-plot" ref={box}>
      {width > 0 && (
        <svg
          className="scatter-picture"
          width={width}
          height={height}
          role="application"
          aria-roledescription="scatter plot"
          tabIndex={0}
          aria-label={`${all.length} heads: ${axisName(up.measure)} up, ${axisName(right.measure)} across. Arrow keys go from head to head along an axis, Enter selects.`}
          data-testid="scatter-picture"
          data-points={all.length}
          onPointerMove={(event) => setPointed(at(event))}
          onPointerLeave={() => setPointed(null)}
          onClick={() => pointed !== null && onPick(pointed)}
          onKeyDown={press}
        >
          {axisX.ticks.map(({ value, text }) => (
            <g key={value} className={value === 0 ? "scatter-tick is-zero" : "scatter-tick"} transform={`translate(${axisX.at(value)} 0)`}>
              <line y1={MARGIN.top} y2={height - MARGIN.bottom} />
              <text y={height - MARGIN.bottom + 15} textAnchor="middle">
                {text}
              </text>
            </g>
          ))}
          {axisY.ticks.map(({ value, text }) => (
            <g key={value} className={value === 0 ? "scatter-tick is-zero" : "scatter-tick"} transform={`translate(0 ${axisY.at(value)})`}>
              <line x1={MARGIN.left} x2={width - MARGIN.right} />
              <text x={MARGIN.left - 6} y={4} textAnchor="end">
                {text}
              </text>
            </g>
          ))}
          {equal && <line className="scatter-equal" x1={axisX.at(equal[0])} y1={axisY.at(equal[0])} x2={axisX.at(equal[1])} y2={axisY.at(equal[1])} />}
          <text className="scatter-axis" x={(MARGIN.left + width - MARGIN.right) / 2} y={height - 8} textAnchor="middle">
            {axisName(right.measure)}
          </text>
          <text className="scatter-axis" transform={`translate(13 ${(MARGIN.top + height - MARGIN.bottom) / 2}) rotate(-90)`} textAnchor="middle">
            {axisName(up.measure)}
          </text>
          {all.map(({ place, x, y }) => (
            <circle key={place} className={place === selected ? "scatter-point is-selected" : "scatter-point"} cx={x} cy={y} r={place === selected ? 5 : 3.5} />
          ))}
          {names.map(({ place, text, left, base }) => (
            <text key={place} className={place === selected ? "scatter-name is-selected" : "scatter-name"} x={left} y={base} data-testid="scatter-name">
              {text}
            </text>
          ))}
          {marked && <circle className="scatter-pointed" cx={marked.x} cy={marked.y} r={8} />}
        </svg>
      )}
      {marked && <Tip told={told(marked.place)} x={marked.x} y={marked.y} width={width} />}
      <p className="scatter-told" role="status" data-testid="scatter-told">
        {pointed !== null ? sentence(told(pointed)) : selected !== null ? sentence(told(selected)) : "Point at a head, or go to it with the arrow keys; a click, or Enter, selects it."}
      </p>
      <p className="muted" data-testid="scatter-correlation">
        Correlation over {together.n} heads: r = {coefficient(together.r)} (Pearson), ρ = {coefficient(together.rho)} (of ranks).
        {equal && " On the dashed line both figures are equal."}
        {unknown > 0 && ` Of ${unknown} heads a figure is not known.`}
      </p>
    </div>
  );
}

/** The least and the largest value that both axes show; null where there are none. */
function equalLine(across: readonly { value: number }[], up: readonly { value: number }[]): readonly [number, number] | null {
  const from = Math.max(across[0]?.value ?? 0, up[0]?.value ?? 0);
  const to = Math.min(across.at(-1)?.value ?? 0, up.at(-1)?.value ?? 0);
  return from < to ? [from, to] : null;
}
