/** Rows as a table in a box of its own, of which only those in sight are on the page. */
import { useRef, useState, type FocusEvent } from "react";
import type { QueryColumn } from "../../api/types";
import { rowsInSight } from "../../shared/list/rowsInSight";
import { follow } from "../../shared/router";
import { cellOf, pictureOf, widthOf, type CellWords, type ColumnType } from "./cells";
import "./ResultTable.css";

interface ResultTableProps {
  columns: readonly string[];
  types: readonly ColumnType[];
  described: readonly QueryColumn[];
  rows: readonly (readonly unknown[])[];
}

const ROW = 29;
/** Rows that fit into the box. */
const FITTING = 16.5;
/** Rows by which columns are as wide as they are. */
const MEASURED = 60;

const wordsOf = ({ parts, between }: CellWords): string => parts.map(({ text }) => text).join(between);

export function ResultTable({ columns, types, described, rows }: ResultTableProps) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [focused, setFocused] = useState<number | null>(null);
  const n = rows.length;
  const height = Math.min(n, FITTING) * ROW;
  const listed = rowsInSight({ n, rowHeight: ROW, top, height, focused });
  const typeAt = (at: number) => types[at] ?? null;
  const measured = rows.slice(0, MEASURED).map((row) => row.map((value, at) => wordsOf(cellOf(value, typeAt(at)))));
  const hasPictures = rows.slice(0, MEASURED).some((row) => pictureOf(row, types) !== null);
  const focus = ({ target }: FocusEvent) => {
    const at = (target as HTMLElement).closest<HTMLElement>("[aria-rowindex]")?.getAttribute("aria-rowindex");
    setFocused(at && Number(at) > 1 ? Number(at) - 2 : null);
  };
  /** Rows that are not on the page take their room. */
  const gap = (from: number, to: number) => (to > from ? <tr className="result-table-gap" aria-hidden="true" style={{ height: (to - from) * ROW }} /> : null);
  const [first = 0] = listed;
  const last = listed.at(-1) ?? -1;
  return (
    <div ref={box} className="result-table" role="region" aria-label="Rows" tabIndex={0} style={{ maxHeight: height + ROW + 16 }} data-testid="result-table" data-rows={n} onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}>
      <table aria-rowcount={n + 1} onFocus={focus} onBlur={() => setFocused(null)}>
        <thead>
          <tr aria-rowindex={1}>
            {hasPictures && (
              <th scope="col" style={{ width: "80px" }}>
                <span className="unseen">Picture</span>
              </th>
            )}
            {columns.map((name, at) => (
              <th key={at} scope="col" className={rows.slice(0, MEASURED).some((row) => typeof row[at] === "number") ? "result-table-number" : undefined} title={described.find((one) => one.name === name)?.description} style={{ width: `${widthOf(name, measured.map((row) => row[at] ?? ""))}ch` }}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {gap(0, first)}
          {listed.map((at, place) => {
            const before = listed[place - 1];
            const row = rows[at] ?? [];
            const picture = hasPictures ? pictureOf(row, types) : null;
            return [
              before === undefined ? null : gap(before + 1, at),
              <tr key={at} aria-rowindex={at + 2} data-testid="result-row">
                {hasPictures && (
                  <td>
                    {picture !== null && (
                      <a href={picture} title="Open as picture: its nodes as a circuit of their graph" data-testid="picture" onClick={follow}>
                        picture
                      </a>
                    )}
                  </td>
                )}
                {columns.map((_, column) => (
                  <ResultCell key={column} cell={cellOf(row[column], typeAt(column))} />
                ))}
              </tr>,
            ];
          })}
          {gap(last + 1, n)}
        </tbody>
      </table>
    </div>
  );
}

function ResultCell({ cell }: { cell: CellWords }) {
  return (
    <td className={cell.isNumber ? "result-table-number" : undefined} title={cell.whole}>
      {cell.parts.map(({ text, href, isToken }, at) => (
        <span key={at} className={isToken ? "token" : undefined}>
          {at > 0 && cell.between}
          {href === null ? (
            text
          ) : (
            <a href={href} onClick={follow}>
              {text}
            </a>
          )}
        </span>
      ))}
    </td>
  );
}
