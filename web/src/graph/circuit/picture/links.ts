/** The links of a circuit: how strong each is, and which are drawn. */
import type { DrawnAnswer, PathEffect } from "../../../api/types";
import { linksOf, type GraphModel } from "../../model/model";
import type { Selection } from "../../model/selection";
import { placeOfNode } from "../../work/work";
import type { Part } from "../parts";

export interface CircuitLink {
  /** Keys of parts. */
  source: string;
  target: string;
  /** The part that the source has in the target's input, negative where it inhibits. */
  share: number;
  /** What the source does to the question's target by way of this link. */
  effect: PathEffect;
  /** Its width: the influence along it or, into a logit, its part in the logit's input, which other logits have too. */
  strength: number;
}

/** The links of an answer. `keys`: of its nodes, in their order. */
export const circuitLinks = ({ links }: Pick<DrawnAnswer, "links">, keys: readonly string[], parts: ReadonlyMap<string, Part>): CircuitLink[] =>
  links.flatMap(({ source, target, share, effect }) => {
    const [from, to] = [keys[source], keys[target]];
    if (from === undefined || to === undefined || !parts.has(from) || !parts.has(to)) return [];
    const strength = parts.get(to)?.row === "logits" ? Math.abs(share) : effect.influence;
    return [{ source: from, target: to, share, effect, strength }];
  });

/** The strongest first. */
export const byStrength = (links: readonly CircuitLink[]): CircuitLink[] => links.toSorted((a, b) => b.strength - a.strength);

/** What tells a link from the others of a circuit. */
export const linkKey = ({ source, target }: Pick<CircuitLink, "source" | "target">): string => `${source} ${target}`;

/** Whether a link of a circuit is the selected one, which is one of the graph where each of its ends is one node. */
export function isOfSelection(model: GraphModel, { source, target }: Pick<CircuitLink, "source" | "target">, selection: Selection | null): boolean {
  if (selection?.kind === "circuit-link") return selection.source === source && selection.target === target;
  if (selection?.kind !== "link") return false;
  const [from, to] = [model.edges.source[selection.edge], model.edges.target[selection.edge]];
  return placeOfNode(model, from ?? 0) === source && placeOfNode(model, to ?? 0) === target;
}

/** A link that is weaker than this part of the strongest is drawn where it is its source's or its target's strongest. */
const WEAK = 0.05;

/** The links that are drawn unless all are asked for, strongest first. */
export function strongLinks(links: readonly CircuitLink[]): CircuitLink[] {
  const sorted = byStrength(links);
  const least = WEAK * (sorted[0]?.strength ?? 0);
  const [led, reached] = [new Set<string>(), new Set<string>()];
  return sorted.filter(({ source, target, strength }) => {
    const isFirst = !led.has(source) || !reached.has(target);
    led.add(source);
    reached.add(target);
    return strength > 0 && (strength >= least || isFirst);
  });
}

/** The strongest links of one part, `into` it or out of it. */
export const linksAt = (links: readonly CircuitLink[], end: "source" | "target", key: string): CircuitLink[] =>
  byStrength(links.filter((link) => link[end] === key));

/** Parts joined by direct links, with the mean of what the source gives to the target's nodes, whatever its sign. */
export interface Joined {
  source: string;
  target: string;
  share: number;
}

/** Which parts are joined, from the graph's own links: what the layout needs before the server has answered. */
export function joinedParts(model: GraphModel, parts: readonly Part[]): Joined[] {
  const at = new Map<number, Part>();
  for (const part of parts) for (const node of part.nodes) at.set(node, part);
  const found = new Map<string, Joined>();
  for (const target of parts) {
    for (const node of target.nodes) {
      for (const edge of linksOf(model.incoming, node)) {
        const source = at.get(model.edges.source[edge] ?? -1);
        if (!source || source === target) continue;
        const share = (model.edges.share[edge] ?? 0) / target.nodes.length;
        const name = `${source.key} ${target.key}`;
        const before = found.get(name);
        if (before) before.share += share;
        else found.set(name, { source: source.key, target: target.key, share });
      }
    }
  }
  return [...found.values()];
}
