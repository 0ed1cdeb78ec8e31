/** Heads by a figure, the largest first. */
import { useMemo, useState } from "react";
import { headName, type Inside } from "../inside";
import { headAt, ranked, shortFigure, type HeadValues } from "./measures";
import "./Ranking.css";

interface RankingProps {
  shown: HeadValues;
  /** What stands beside it. */
  beside: HeadValues | null;
  nHeads: number;
  notation: Inside["notation"];
  /** Heads by their places among all. */
  hovered: number | null;
  selected: number | null;
  onHover: (place: number | null) => void;
  onPick: (place: number) => void;
}

const AT_FIRST = 16;

export function Ranking({ shown, beside, nHeads, notation, hovered, selected, onHover, onPick }: RankingProps) {
  const { measure, values } = shown;
  const order = useMemo(() => ranked(values), [values]);
  const [isWhole, setWhole] = useState(false);
  const first = isWhole || order.length <= AT_FIRST + 1 ? order : order.slice(0, AT_FIRST);
  /** The selected head is there however small its figure is. */
  const rows = selected === null || first.includes(selected) ? first : [...first, selected];
  const most = Math.max(...[shown, ...(beside ? [beside] : [])].map((each) => Math.abs(each.values[ranked(each.values)[0] ?? 0] ?? 0)));
  return (
    <section className="ranking" aria-label={`Heads by ${measure.title}`}>
      <div className="ranking-head" aria-hidden="true">
        <span>head</span>
        <span>{measure.title}</span>
        {beside && <span className="ranking-beside">{beside.measure.title}</span>}
      </div>
      <ol className="ranking-rows" data-testid="ranking">
        {rows.map((place) => (
          <li key={place}>
            <button
              type="button"
              className="ranking-row"
              aria-pressed={place === selected}
              data-hovered={place === hovered ? true : undefined}
              data-testid="ranked-head"
              data-head={headName(headAt(place, nHeads), "LH")}
              onPointerEnter={() => onHover(place)}
              onPointerLeave={() => onHover(null)}
              onFocus={() => onHover(place)}
              onBlur={() => onHover(null)}
              onClick={() => onPick(place)}
            >
              <span className="ranking-name">{headName(headAt(place, nHeads), notation)}</span>
              <Figure of={shown} place={place} />
              <Bar value={values[place] ?? NaN} most={most} isSigned={measure.isSigned} />
              {beside && (
                <>
                  <Figure of={beside} place={place} isBeside />
                  <Bar value={beside.values[place] ?? NaN} most={most} isSigned={beside.measure.isSigned} />
                </>
              )}
            </button>
          </li>
        ))}
      </ol>
      <p className="muted ranking-unit">
        {measure.isSigned ? "By size, whatever the sign" : "The largest first"}
        ; unit: {measure.unit}.
      </p>
      {order.length > AT_FIRST + 1 && (
        <button type="button" aria-expanded={isWhole} data-testid="ranking-more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Fewer" : `All ${order.length} heads`}
        </button>
      )}
    </section>
  );
}

/** The figure as it is seen, and with its name and unit as it is read out. */
function Figure({ of: { measure, values }, place, isBeside = false }: { of: HeadValues; place: number; isBeside?: boolean }) {
  return (
    <span className={isBeside ? "ranking-figure ranking-beside" : "ranking-figure"}>
      <span className="unseen">{measure.title} </span>
      {shortFigure(measure, values[place])}
      <span className="unseen"> {measure.unit}</span>
    </span>
  );
}

/** From the middle to the left or right by its sign, or from the left. */
function Bar({ value, most, isSigned }: { value: number; most: number; isSigned: boolean }) {
  const share = most > 0 && Number.isFinite(value) ? Math.min(1, Math.abs(value) / most) : 0;
  const half = 50 * share;
  const style = isSigned ? { left: `${value < 0 ? 50 - half : 50}%`, width: `${half}%` } : { left: 0, width: `${100 * share}%` };
  return (
    <span className={isSigned ? "ranking-bar is-signed" : "ranking-bar"} aria-hidden="true">
      <span className={value < 0 ? "ranking-part is-below" : isSigned ? "ranking-part is-above" : "ranking-part"} style={style} />
    </span>
  );
}
