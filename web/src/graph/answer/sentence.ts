/** The answer in words and figures, to be read first and to be pasted into a text. */
import type { PathEffect, PathNode, PathsAnswer } from "../../api/types";
import { count, featureName, percent, quantity, type TokenWriter } from "../../shared/format";
import type { PageQuestion, Side } from "../question/question";
import { coverageOf, covered, meanings, segments } from "./coverage/coverage";
import type { Row } from "./rows";
import { stepText } from "./steps";

/** One of the lists of an answer. */
export interface ListedRows {
  side: Side;
  answer: PathsAnswer;
  rows: readonly Row[];
}

const WORDS = {
  raises: { one: "raises", many: "raise", sign: "+" },
  lowers: { one: "lowers", many: "lower", sign: "−" },
};

/** Rows named for each side after its strongest. */
const MOST_OTHERS = 2;

/** The target as words: "Austin", "Austin rather than Dallas". */
export function targetText({ targets, rather_than: other }: PathsAnswer, writeToken: TokenWriter): string {
  const name = (node: PathNode) => (node.kind === "logit" ? writeToken(node.token, node) : featureText(node));
  const target = listed(targets.map(({ node }) => name(node)));
  return other ? `${target} rather than ${name(other)}` : target;
}

/** "Texas (L20)", "L20 #44686". */
const featureText = ({ label, layer, index, site }: PathNode): string => (label === null ? featureName(layer, index, site) : `${label} (L${layer})`);

/** What a row's paths do to the target on balance: in logits, or as a share of its influence where these are not known. */
const net = ({ contribution, raising, lowering }: PathEffect): number => contribution ?? raising - lowering;

/** "a", "a and b", "a, b and c". */
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1] ?? ""}`;

interface SideWords {
  side: Side;
  /** The side's rows with their figures, the strongest first: "Dallas → Texas (+6.68)". */
  named: string[];
  isEmpty: boolean;
}

/** What a list's rows do to the target. A net of influence and a contribution may differ in sign: such a row is not named. */
function sideWords({ side, rows }: ListedRows, size: (value: number) => string): SideWords {
  const named = rows
    .map((row) => ({ steps: row.steps, value: net(row.effect) }))
    .filter(({ value }) => (side === "raises" ? value > 0 : value < 0))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .map(({ steps, value }) => `${steps.slice(0, -1).map(stepText).join(" → ")} (${WORDS[side].sign}${size(Math.abs(value))})`);
  return { side, named, isEmpty: rows.length === 0 };
}

export interface Asked {
  question: Pick<PageQuestion, "minLength" | "source">;
  /** What restricts the paths: " from Dallas, through Texas"; "" where nothing does. */
  conditions: string;
}

/**
 * What the lists say of the target, in two parts: "Of these 10 groups, in logits: Dallas → Texas (+6.68) raises Austin
 * most; ‹bos› → Texas (−3.43) lowers it most." and the next rows, both sides of all paths, and all that is not listed.
 */
export function sentence(lists: readonly ListedRows[], writeToken: TokenWriter, asked: Asked): [first: string, rest: string] {
  const [first] = lists;
  const coverage = coverageOf(lists.map(({ answer }) => answer), asked.question);
  if (!first || !coverage) return ["", ""];
  const target = targetText(first.answer, writeToken);
  const rows = lists.flatMap((list) => list.rows);
  const isKnown = rows.every((row) => row.effect.contribution !== null);
  const sides = lists.map((list) => sideWords(list, isKnown ? quantity : (value) => percent(value)));

  const clauses = sides.map(({ side, named: [most], isEmpty }, at) => {
    const object = at === 0 ? target : "it";
    if (most !== undefined) return `${most} ${WORDS[side].one} ${object} most`;
    return `${isEmpty ? "nothing" : "none clearly"} ${WORDS[side].one} ${object}`;
  });
  const others = sides.flatMap(({ side, named }) => {
    const next = named.slice(1, 1 + MOST_OTHERS);
    return next.length === 0 ? [] : [`${listed(next)} ${next.length === 1 ? WORDS[side].one : WORDS[side].many} it`];
  });
  const kind = first.answer.groups ? "group" : "path";
  const these = `${rows.length === 1 ? `Of this ${kind}` : `Of these ${count(rows.length)} ${kind}s`}${asked.conditions}`;
  const isLogit = first.answer.targets.every(({ node }) => node.kind === "logit");
  const unit = !isKnown ? "in shares of its influence" : isLogit ? "in logits" : "in units of its pre-activation";

  const { raising, lowering } = first.answer.effect;
  const parts = segments(coverage);
  const meaning = meanings(parts);
  const absent = parts
    .filter(({ name }) => name !== "raising" && name !== "lowering")
    .map(({ name, share }) => `${meaning[name].name} ${percent(share)}`);
  const rest = [
    ...(others.length > 0 ? [`Next, ${others.join("; ")}.`] : []),
    `Paths that fit raise ${target} with ${percent(raising)} of its influence and lower it with ${percent(lowering)}; ` +
      `${lists.length > 1 ? "the lists carry" : "the list carries"} ${percent(covered(coverage))}.`,
    ...(absent.length > 0 ? [`Not listed: ${absent.join(", ")}.`] : []),
  ];
  return [`${these}, ${unit}: ${clauses.join("; ")}.`, rest.join(" ")];
}
