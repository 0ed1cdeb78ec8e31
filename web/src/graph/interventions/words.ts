/** Tests in words: what was changed, by how much a logit moved, what a verdict says. */
import type { ChangedFeature, Op, Verdict } from "../../api/types";
import { quantity } from "../../shared/format";
import type { GraphModel } from "../model/model";
import { listName, together, type ChangedTogether } from "./draft";

export const OPS: { op: Op; text: string }[] = [
  { op: "suppress", text: "switch off" },
  { op: "scale", text: "multiply by" },
  { op: "set", text: "set to" },
  { op: "transplant", text: "take from another graph" },
];

/** A change of a logit as "+0.42", "−2.20". */
export function logits(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return text === "0.00" ? "0.00" : `${value < 0 ? "−" : "+"}${text}`;
}

/** What was done: "off", "× −1", "set to 3", "taken from another graph". */
export function done({ op, factor, value }: Pick<ChangedTogether, "op" | "factor" | "value">): string {
  switch (op) {
    case "suppress":
      return "off";
    case "scale":
      return `× ${quantity(factor)}`;
    case "set":
      return `set to ${quantity(value)}`;
    case "transplant":
      return "taken from another graph";
  }
}

/** A stored test as it is listed: "Texas L20 at Dallas off; capital × −1", "18 features taken from another graph". */
export const titleOf = (model: GraphModel, changes: readonly ChangedFeature[]): string =>
  together(changes)
    .map((part) => {
      const nodes = part.features.flatMap(({ key }) => model.ordinalOf.get(key ?? "") ?? []);
      const isNamed = part.op !== "transplant" && nodes.length === part.features.length;
      const n = part.features.length;
      return `${isNamed ? listName(model, nodes) : n === 1 ? "1 feature" : `${n} features`} ${done(part)}`;
    })
    .join("; ");

/** What a verdict means, after the rules of the server. */
export const VERDICTS: Record<Verdict, string> = {
  holds: "The model moves the target as the graph predicts: as the graph assumes, by half to twice the prediction.",
  "holds, other size": "The model moves the target in the predicted direction, as the graph assumes by less than half or more than twice the prediction.",
  "does not hold": "The model moves the target the other way, or by less than a tenth of the prediction.",
  "not specific": "Other active features at the same positions, changed in the same way, do as much.",
  "too small": "Less than 0.1 logits are predicted, which is too little to be tested.",
};
