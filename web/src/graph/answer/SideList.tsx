/** One ranked list: what raises the target, or what lowers it. */
import { useId, type CSSProperties } from "react";
import { counted, percent } from "../../shared/format";
import type { VerdictOf } from "../interventions/verification/verdicts";
import type { GraphModel } from "../model/model";
import { longerThan } from "../question/question";
import { titled, type Score } from "../question/scores";
import { PathRow } from "./row/PathRow";
import { canOpen, type LitRow, type Row } from "./rows";
import type { List } from "./useLists";
import "./SideList.css";

interface SideListProps {
  model: GraphModel;
  list: List;
  rows: readonly Row[];
  /** What the list is of: "Austin". */
  target: string;
  /** Whether that is a token. */
  isToken: boolean;
  score: Score;
  /** The largest size of the rows of all lists, whose bar has the full length. */
  most: number;
  /** Digits after the point of the figures in all lists. */
  digits: number;
  /** The room for "28 paths" in characters, the same in all lists, so that bars can be compared; 0: no row has members. */
  room: number;
  isFiltered: boolean;
  lit: LitRow | null;
  onLight: (row: LitRow) => void;
  onHover: (row: LitRow | null) => void;
  onLonger: (length: number) => void;
  onDetails: () => void;
  verdictOf: VerdictOf | null;
}

/** Rows in sight of a list whose panel is low. */
const LEAST = 2.5;

const VERBS = { raises: "raise", lowers: "lower" } as const;

export function SideList(props: SideListProps) {
  const { model, list, rows, target, isToken, score, most, digits, room, isFiltered, lit, onLight, onHover, onLonger, onDetails, verdictOf } = props;
  const title = useId();
  const { side, answer, length, loading } = list;
  if (!answer) return null;
  const verb = VERBS[side];
  const total = percent(side === "raises" ? answer.effect.raising : answer.effect.lowering);
  const longer = longerThan(length);
  // Fewer rows than asked for: there are no more.
  const hasMore = longer !== undefined && rows.length >= length;
  const style = { "--members": `${room}ch`, "--least": Math.min(Math.max(1, rows.length), LEAST) } as CSSProperties;
  return (
    <section
      className={loading || !list.current ? "side-list is-earlier" : "side-list"}
      style={style}
      aria-labelledby={title}
      aria-busy={loading}
      data-testid={`list-${side}`}
    >
      <div className="side-list-head">
        <h2 id={title} tabIndex={-1}>
          {titled(verb)} <span className={isToken ? "token" : ""}>{target}</span>
        </h2>
        <span className="figure" title={`All paths that fit and ${verb} ${target} carry ${total} of its influence`}>
          {total} in all
        </span>
      </div>
      {rows.length === 0 ? (
        <p className="side-list-empty">{nothing(list, target, isFiltered)}</p>
      ) : (
        <ol className={`side-list-rows${room > 0 ? " has-members" : ""}${verdictOf ? " has-verdicts" : ""}`}>
          {rows.map((row, rank) => (
            <PathRow
              key={rank}
              model={model}
              side={side}
              rank={rank}
              row={row}
              score={score}
              most={most}
              digits={digits}
              lit={lit?.side === side && lit.rank === rank ? lit : null}
              onLight={onLight}
              onHover={onHover}
              onDetails={onDetails}
              verdict={verdictOf?.(row.ids) ?? null}
            />
          ))}
        </ol>
      )}
      {hasMore && (
        <button
          type="button"
          className="side-list-more"
          // Not disabled while it loads: the keyboard would lose its place.
          aria-disabled={loading}
          data-testid={`more-${side}`}
          onClick={() => !loading && onLonger(longer)}
        >
          {loading ? "Ranking…" : `${longer - length} more`} <span className="unseen">that {verb} {target}</span>
        </button>
      )}
    </section>
  );
}

/** "No group lowers Austin on balance." */
function nothing({ side, answer }: List, target: string, isFiltered: boolean): string {
  if (answer?.groups) return `No group ${isFiltered ? "that fits the filters " : ""}${side} ${target} on balance.`;
  return `No path of two links or more ${isFiltered ? "that fits the filters " : ""}${side} ${target}.`;
}

/** The characters that "28 paths" takes in the widest of the rows. */
export const roomOf = (rows: readonly Row[]): number =>
  rows.filter(canOpen).reduce((longest, { members }) => Math.max(longest, counted(members ?? 1, "path").length), 0);
