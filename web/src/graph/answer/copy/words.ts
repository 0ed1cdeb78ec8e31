/** An answer as text that can be pasted: the prompt, the question, the sentence, the rows. */
import { barePrompt, percent, score as figure } from "../../../shared/format";
import type { GraphModel } from "../../model/model";
import { scoreDigits, scoreName, scoreText, type Score } from "../../question/scores";
import { targetText, type ListedRows } from "../sentence";
import { stepText } from "../steps";

interface Said {
  model: GraphModel;
  score: Score;
  lists: readonly ListedRows[];
  /** The two parts of the sentence. */
  sentence: readonly [first: string, rest: string];
  /** What restricts the paths: " from Dallas"; "" where nothing does. */
  conditions: string;
  /** Where the page is that says it. */
  address: string;
}

const VERBS = { raises: "Raise", lowers: "Lower" } as const;

export function answerText({ model, score, lists, sentence, conditions, address }: Said): string {
  const [first] = lists;
  if (!first) return "";
  const { record } = model;
  const target = targetText(first.answer, model.writeToken);
  const most = lists.flatMap(({ rows }) => rows).reduce((largest, { value }) => Math.max(largest, Math.abs(value)), 0);
  const digits = scoreDigits(score, most);
  const sides = lists.map(({ side, answer, rows }) => {
    const total = percent(side === "raises" ? answer.effect.raising : answer.effect.lowering);
    const lines = rows.map(({ steps, value }, at) => `${at + 1}. ${steps.map(stepText).join(" → ")}  ${scoreText(score, value, digits)}`);
    return [`${VERBS[side]} ${target} (${total} of its influence in all)`, ...(lines.length > 0 ? lines : ["nothing"])].join("\n");
  });
  const kind = first.answer.groups ? `paths in groups by ${first.answer.group_by === "auto" ? "the graph's own links" : first.answer.group_by}` : "single paths";
  return [
    `Why ${target}${conditions}? “${barePrompt(record)}” (${record.model})`,
    sentence.join(" "),
    ...sides,
    `${kind}, ranked by ${scoreName(score)}; replacement score ${figure(record.replacement_score)}`,
    address,
  ].join("\n\n");
}
