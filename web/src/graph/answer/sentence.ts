/** The answer in words and figures, to be read first and to be pasted into a text. */
import type { PathEffect, PathsAnswer } from "../../api/types";
import { count, percent, quantity, type TokenWriter } from "../../shared/format";
import { meanings, segments } from "./coverage";
import type { Row } from "./rows";
import { stepText } from "./steps";

/** Rows named for each side. */
const MOST_RAISING = 3;
const MOST_LOWERING = 2;

/** What a row's paths do to the target on balance: in logits, or as a share of its influence where these are not known. */
const net = ({ contribution, raising, lowering }: PathEffect): number => contribution ?? raising - lowering;

/** "a", "a and b", "a, b and c". */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1] ?? ""}`;

/**
 * "Of these 10 groups, in logits: Dallas → Texas (+6.68) and capital → L3 #7 (+2.20) raise Austin most; ‹bos› → Texas
 * (−3.43) lowers it most."
 */
function strongest(answer: PathsAnswer, rows: readonly Row[], target: string, writeToken: TokenWriter): string {
  const inLogits = rows.every((row) => row.effect.contribution !== null);
  const size = inLogits ? (value: number) => quantity(Math.abs(value)) : (value: number) => percent(Math.abs(value));
  const ranked = rows.map((row) => ({ steps: row.steps, value: net(row.effect) })).sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const side = (sign: "+" | "−", most: number) =>
    ranked
      .filter(({ value }) => (sign === "+" ? value > 0 : value < 0))
      .slice(0, most)
      .map(({ steps, value }) => {
        const names = steps.slice(0, -1).map((step) => stepText(step, writeToken));
        return `${names.join(" → ")} (${sign}${size(value)})`;
      });
  const raising = side("+", MOST_RAISING);
  const lowering = side("−", MOST_LOWERING);
  const clauses = [
    raising.length > 0 && `${listed(raising)} ${raising.length > 1 ? "raise" : "raises"} ${target} most`,
    lowering.length > 0 && `${listed(lowering)} ${lowering.length > 1 ? "lower" : "lowers"} ${raising.length > 0 ? "it" : target} most`,
  ].filter((clause) => clause !== false);
  const kind = answer.groups ? "groups" : "paths";
  const unit = inLogits ? "in logits" : "in shares of its influence";
  return `Of these ${count(rows.length)} ${kind}, ${unit}: ${clauses.join("; ")}.`;
}

/** What the answer says of the target: its strongest rows; both sides of all paths, and all that is not shown. */
export function sentence(answer: PathsAnswer, rows: readonly Row[], writeToken: TokenWriter): [first: string, rest: string] {
  const target = listed(answer.targets.map(({ node }) => (node.kind === "logit" ? writeToken(node.token, node) : (node.label ?? "the target"))));
  const { raising, lowering } = answer.effect;
  const parts = segments(answer);
  const meaning = meanings(parts);
  const absent = parts.filter(({ name }) => name !== "shown").map(({ name, share }) => `${meaning[name].name} ${percent(share)}`);
  const rest = [
    `Paths that fit raise ${target} with ${percent(raising)} of its influence and lower it with ${percent(lowering)}; ` +
      `the list carries ${percent(answer.covered)}.`,
    ...(absent.length > 0 ? [`Not shown: ${absent.join(", ")}.`] : []),
  ];
  return [strongest(answer, rows, target, writeToken), rest.join(" ")];
}
