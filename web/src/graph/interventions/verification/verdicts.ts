/** What a verification says of the rows of an answer. */
import type { TestedSequence, Verdict, Verification } from "../../../api/types";
import { logits, VERDICTS } from "../words";

/** The verdict of a row: its sequence's, told by the group that decides it. */
export interface RowVerdict {
  verdict: Verdict;
  /** Whether the groups hold and a link between two of them does not. */
  linkFails: boolean;
  title: string;
}

/** The verdict of a row by the ids of the nodes of its steps, source and target included; null: it was not tested. */
export type VerdictOf = (steps: readonly (readonly string[])[]) => RowVerdict | null;

/** The verdict that decides is the first of these that any group has. */
const WORST: readonly Verdict[] = ["does not hold", "not specific", "too small", "holds, other size", "holds"];

interface Asked {
  groupBy: Verification["group_by"];
  /** The id of the logit that rows lead to. */
  target: string;
}

/** The verification whose groups and target an answer has; null: there is none. */
export const verificationFor = (all: readonly Verification[], { groupBy, target }: Asked): Verification | null =>
  all.find((one) => one.group_by === groupBy && one.unlabelled === "own" && one.target.key === target) ?? null;

export function verdictsOf(verification: Verification): VerdictOf {
  const groupOf = new Map(verification.groups.flatMap(({ nodes }, group) => nodes.map((node) => [node, group] as const)));
  return (steps) => {
    const groups: number[] = [];
    for (const step of steps.slice(1, -1)) {
      const found = new Set(step.map((node) => groupOf.get(node)));
      const [group, ...others] = found;
      // A group of tokens or errors is in no test; one of other features than those tested was not tested.
      if (group === undefined && others.length === 0 && !step.some(isFeature)) continue;
      if (group === undefined || others.length > 0) return null;
      groups.push(group);
    }
    const source = new Set(steps[0]);
    const isRow = (one: TestedSequence) => sameList(one.groups, groups) && one.source.some((node) => source.has(node));
    const sequence = verification.sequences.find(isRow);
    return sequence === undefined || groups.length === 0 ? null : rowVerdict(verification, sequence);
  };
}

const isFeature = (id: string): boolean => id.split("/").at(-4) === "feature" || id.split("/").at(-5) === "feature";
const sameList = (one: readonly number[], other: readonly number[]): boolean => one.length === other.length && one.every((value, at) => value === other[at]);

function rowVerdict({ groups, links }: Verification, sequence: TestedSequence): RowVerdict {
  const tested = sequence.groups.flatMap((group) => groups[group] ?? []);
  const verdict = WORST.find((each) => tested.some((group) => group.verdict === each)) ?? "too small";
  const failing = sequence.links.flatMap((link) => links[link] ?? []).filter((link) => link.verdict === "does not hold");
  const name = (group: number) => groups[group]?.name ?? "the feature";
  const lines = tested.map(
    ({ name, verdict, predicted, as_graph: asGraph, in_model: inModel }) =>
      `${name ?? "The feature"}: ${verdict} (predicted ${logits(predicted)}, as the graph assumes ${logits(asGraph)}, in the model ${logits(inModel)} logits)`,
  );
  const told = failing.map(({ source, target }) => `What ${name(source)} does does not go through ${name(target)}`);
  const linkFails = verdict === "holds" && failing.length > 0;
  return { verdict, linkFails, title: [VERDICTS[verdict], ...lines, ...told].join("\n") };
}
