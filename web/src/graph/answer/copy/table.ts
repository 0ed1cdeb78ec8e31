/** The rows of an answer as a table, with figures in full. */
import type { PathEffect } from "../../../api/types";
import type { Cell } from "../../../shared/out/table";
import type { ListedRows } from "../sentence";
import { stepText } from "../steps";

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
