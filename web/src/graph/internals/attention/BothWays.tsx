/** What a token looks at, and what looks at it, as bars: of the cell or the token pointed at, else of the selected cell. */
import type { PatternKind } from "../../../api/types";
import type { Cell } from "../inside";
import type { Scale } from "../matrix/colours";
import type { Values } from "../numbers";
import type { At } from "../pointed";
import { figureOf, keysOf, queriesOf, type Looked } from "./patterns";
import { ValueBar } from "./ValueBar";
import "./BothWays.css";

interface BothWaysProps {
  pattern: Values;
  kind: PatternKind;
  scale: Scale;
  /** Of the tokens. */
  names: readonly string[];
  at: At | null;
  cell: Cell | null;
  /** The position that is told of where nothing is pointed at or selected. */
  fallback: number;
  onPoint: (at: At | null) => void;
  onCell: (cell: Cell) => void;
}

const MOST = 8;

export function BothWays({ pattern, kind, scale, names, at, cell, fallback, onPoint, onCell }: BothWaysProps) {
  const query = at?.query ?? at?.key ?? cell?.query ?? fallback;
  const key = at?.key ?? at?.query ?? cell?.key ?? fallback;
  const rows = (items: readonly Looked[], cellOf: (position: number) => Cell) =>
    items.slice(0, MOST).map(({ position, value }) => {
      const of = cellOf(position);
      const isMarked = at ? at.query === of.query && at.key === of.key : cell?.query === of.query && cell.key === of.key;
      return (
        <li key={position}>
          <button
            type="button"
            className="both-ways-row"
            aria-label={`${names[position] ?? ""}: ${figureOf(kind, value)}`}
            aria-pressed={cell?.query === of.query && cell.key === of.key}
            data-marked={isMarked ? true : undefined}
            onPointerEnter={() => onPoint(of)}
            onPointerLeave={() => onPoint(null)}
            onClick={() => onCell(of)}
          >
            <span className="both-ways-name">{names[position]}</span>
            <span className="both-ways-figure">{figureOf(kind, value)}</span>
            <ValueBar value={value} scale={scale} />
          </button>
        </li>
      );
    });
  const [keys, queries] = [keysOf(pattern, query), queriesOf(pattern, key)];
  return (
    <div className="both-ways" data-testid="both-ways">
      <Side title={kind === "logit" ? `To ${names[query] ?? ""}, from` : `${names[query] ?? ""} looks at`} nMore={keys.length - MOST} testId="looks-at">
        {rows(keys, (position) => ({ query, key: position }))}
      </Side>
      <Side title={kind === "logit" ? `From ${names[key] ?? ""}, to` : `${names[key] ?? ""} is looked at by`} nMore={queries.length - MOST} testId="looked-at-by">
        {rows(queries, (position) => ({ query: position, key }))}
      </Side>
    </div>
  );
}

function Side({ title, nMore, testId, children }: { title: string; nMore: number; testId: string; children: React.ReactNode[] }) {
  return (
    <section className="both-ways-side" aria-label={title} data-testid={testId}>
      <h3>{title}</h3>
      {children.length > 0 ? <ul>{children}</ul> : <p className="muted">nothing: the first token is left out</p>}
      {nMore > 0 && <p className="muted">and {nMore} more, each less</p>}
    </section>
  );
}
