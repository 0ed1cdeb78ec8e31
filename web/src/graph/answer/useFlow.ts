/** The flow through each node to the question's target, and what each leads on to. */
import { getFlow } from "../../api/client";
import { useAnswer, type Asked } from "../../shared/useAnswer";
import type { GraphModel } from "../model/model";
import { onwardInfluence, type Flow } from "../node/linkFlow";
import { endsOf, type PageQuestion } from "../question/question";

/** The answer is an earlier question's while the next one loads. */
export function useFlow(model: GraphModel, question: Pick<PageQuestion, "target" | "avoid">): Asked<Flow> {
  const { id } = model.record;
  const asked = endsOf(question);
  return useAnswer(JSON.stringify([id, asked]), async (signal) => {
    const { flow, targets } = await getFlow(id, asked, signal);
    const ends = new Map(targets.map(({ node, weight }) => [model.ordinalOf.get(node.id) ?? -1, Math.abs(weight)]));
    const avoid = new Set(question.avoid.map((node) => model.ordinalOf.get(node) ?? -1));
    return { through: flow, onward: onwardInfluence(model, ends, avoid) };
  });
}
