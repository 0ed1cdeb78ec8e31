/** The rows of an answer as a table for other programs, with figures in full. */
import type { PathEffect } from "../../../api/types";
import type { ListedRows } from "../sentence";
import { stepText } from "../steps";

type Cell = string | number | null;

const HEADING = ["side", "rank", "path", "score", "influence", "raising", "lowering", "contribution", "paths", "nodes"];

const effectCells = ({ influence, raising, lowering, contribution }: PathEffect): Cell[] => [influence, raising, lowering, contribution];

/** A heading, and a line for each row; `nodes` has spaces between steps, commas within a group. */
export function table(lists: readonly ListedRows[]): Cell[][] {
  const lines = lists.flatMap(({ side, answer, rows }) =>
    rows.map((row, at): Cell[] => {
      const steps = answer.groups?.[at]?.sequence.map(({ nodes }) => nodes.join(",")) ?? answer.paths?.[at]?.nodes.map(({ id }) => id) ?? [];
      return [side, at + 1, row.steps.map(stepText).join(" → "), row.value, ...effectCells(row.effect), row.members ?? 1, steps.join(" ")];
    }),
  );
  return [HEADING, ...lines];
}

const plain = (cell: Cell): string => (cell === null ? "" : String(cell));

/** What a spreadsheet would compute, it is told to show: as `queries/cells.py` does. */
const shown = (cell: Cell): string => (typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : plain(cell));

export const tsv = (lines: readonly Cell[][]): string => lines.map((line) => line.map((cell) => shown(cell).replace(/[\t\n\r]/g, " ")).join("\t")).join("\n");

export const csv = (lines: readonly Cell[][]): string => lines.map((line) => line.map((cell) => quoted(shown(cell))).join(",") + "\n").join("");

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
