/**
 * A test that is being set up, as an address says it: a `draft` for each change, with what is done, the nodes and their name.
 *
 *     suppress:feature/20/7/44686,feature/0/6/1861:Texas
 *     scale,0.5:…   set,3:…   set,:…          `set,`: no number is written yet
 *     transplant,2,GRAPH:…   transplant,2,:…  twice the activations of GRAPH, or of one that is not chosen yet
 *     transplant,2,GRAPH::                    all in which the two differ
 *     none                                    nothing is to be changed yet
 */
import { nodeEnd, type GraphModel } from "../model/model";
import { isTestable } from "../model/testable";
import { FACTORS, nodesOf, OFF, type Draft, type DraftChange } from "./draft";

export function draftTexts(model: GraphModel, { changes }: Draft): string[] {
  if (changes.length === 0) return ["none"];
  return changes.map(({ subject, ...change }) => `${wayText(change)}:${(subject?.nodes ?? []).map((node) => nodeEnd(model, node)).join(",")}:${subject?.name ?? ""}`);
}

function wayText({ op, factor, value, donor, lent }: Omit<DraftChange, "subject">): string {
  switch (op) {
    case "suppress":
      return op;
    case "scale":
      return `${op},${factor}`;
    case "set":
      return `${op},${value ?? ""}`;
    case "transplant":
      return `${op},${lent},${donor ?? ""}`;
  }
}

/** The draft with what one more text says; null: the graph has no such change. */
export function withText(model: GraphModel, draft: Draft | null, text: string): Draft | null {
  const changes = draft?.changes ?? [];
  if (text === "none") return { changes };
  const [, way = "", ends = "", name = ""] = /^([^:]*):([^:]*):(.*)$/s.exec(text) ?? [];
  const change = changeOf(way);
  if (change === null) return null;
  if (ends === "") return change.op === "transplant" && changes.every(({ subject }) => subject !== null) ? { changes: [...changes, { ...change, subject: null }] } : null;
  const nodes = ends.split(",").map((end) => model.ordinalOf.get(`${model.record.id}/${end}`));
  const known = new Set(nodesOf({ changes }));
  const isAll = nodes.every((node) => node !== undefined && isTestable(model, node) && !known.has(node));
  return isAll && name !== "" ? { changes: [...changes, { ...change, subject: { name, nodes: [...new Set(nodes as number[])] } }] } : null;
}

function changeOf(way: string): Omit<DraftChange, "subject"> | null {
  const [op, first, second = "", ...others] = way.split(",");
  if (others.length > 0) return null;
  if (op === "suppress") return first === undefined ? OFF : null;
  if (op === "scale") return isFactor(first) && second === "" ? { ...OFF, op, factor: Number(first) } : null;
  if (op === "set") return first !== undefined && second === "" && (first === "" || isNumber(first)) ? { ...OFF, op, value: first === "" ? null : Number(first) } : null;
  if (op === "transplant") return isFactor(first) && /^[\w-]{0,64}$/.test(second) ? { ...OFF, op, lent: Number(first), donor: second === "" ? null : second } : null;
  return null;
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) && Number.isFinite(Number(text));
const isFactor = (text: string | undefined): text is string => isNumber(text) && Number(text) >= FACTORS.least && Number(text) <= FACTORS.most;
