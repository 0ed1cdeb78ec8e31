/** The flow through each node to the question's target, and what each leads on to. */
import { getFlow } from "../../api/client";
import { useAnswer, type Asked } from "../../shared/useAnswer";
import type { GraphModel } from "../model/model";
import { differenceShares, onwardInfluence, type Flow } from "../node/linkFlow";
import { nodesNamed } from "../question/filters/selector";
import { endsOf, type PageQuestion } from "../question/question";

/** The answer is an earlier question's while the next one loads. */
export function useFlow(model: GraphModel, question: Pick<PageQuestion, "source" | "target" | "ratherThan" | "avoid" | "view">): Asked<Flow> {
  const { id } = model.record;
  const asked = endsOf(question);
  return useAnswer(JSON.stringify([id, asked]), async (signal) => {
    const { flow, targets, rather_than: other } = await getFlow(id, asked, signal);
    const ordinal = (id: string) => model.ordinalOf.get(id) ?? -1;
    const ends = new Map(targets.map(({ node, weight }) => [ordinal(node.id), Math.abs(weight)]));
    // What leads to the other logit alone is an input of the difference, too.
    if (other) ends.set(ordinal(other.id), 1);
    const share = other ? differenceShares(model, ordinal(targets[0]?.node.id ?? ""), ordinal(other.id)) : model.edges.share;
    const avoid = new Set(question.avoid.flatMap((selector) => nodesNamed(model, "avoid", selector)));
    return { through: flow, onward: onwardInfluence(model, share, ends, avoid), share };
  });
}
