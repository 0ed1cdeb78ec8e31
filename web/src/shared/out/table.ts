/** Tables for other programs. */

export type Cell = string | number | null;

const plain = (cell: Cell): string => (cell === null ? "" : String(cell));

/** What a spreadsheet would compute, it is told to show: as `queries/cells.py` does. */
const shown = (cell: Cell): string => (typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : plain(cell));

export const tsv = (lines: readonly (readonly Cell[])[]): string =>
  lines.map((line) => line.map((cell) => shown(cell).replace(/[\t\n\r]/g, " ")).join("\t")).join("\n");

export const csv = (lines: readonly (readonly Cell[])[]): string => lines.map((line) => line.map((cell) => quoted(shown(cell))).join(",") + "\n").join("");

const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
