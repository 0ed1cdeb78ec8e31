/** Selectors, by which a question names nodes: the server's grammar (docs/scores.md), as far as the page writes it. */
import type { Kind } from "../../../api/types";
import type { GraphModel } from "../../model/model";
import type { Filter } from "../question";

/** Stands between selectors that name together what any of them does. */
const ANY_OF = "|";

const NEXT = /\|(?=(?:label|token|supernode|group|feature|layer|position):|(?:[^/]+\/)?(?:embedding|feature|error|logit)\/-?\d)/;

/** The selectors of which a path has to meet one. A `|` behind which none begins is a part of a name. */
export const alternatives = (text: string): string[] => text.split(NEXT);

export const anyOf = (selectors: readonly string[]): string => selectors.join(ANY_OF);

export type Selector =
  | { form: "node"; node: number; id: string }
  | { form: "feature"; layer: number; index: number; site: string | null }
  | { form: "layer" | "position"; number: number }
  | { form: "label" | "token" | "supernode" | "group"; name: string };

/** The kinds of single nodes that a filter can name. Errors begin paths, and nothing comes through them. */
export const KINDS_OF: Record<Filter, readonly Kind[]> = {
  source: ["embedding", "feature", "error"],
  through: ["embedding", "feature"],
  avoid: ["embedding", "feature"],
};

/** One selector; null where it is none, or names a node that the graph does not have. */
export function selectorOf(model: GraphModel, text: string): Selector | null {
  const [, form, value = ""] = /^(\w+):(.*)$/s.exec(text) ?? [];
  switch (form) {
    case "label":
    case "token":
    case "supernode":
    case "group":
      return value === "" ? null : { form, name: value };
    case "layer":
    case "position":
      return /^\d{1,6}$/.test(value) ? { form, number: Number(value) } : null;
    case "feature": {
      const [, layer, index, site = null] = /^(\d{1,6})\/(\d{1,9})(?:\/(\w+))?$/.exec(value) ?? [];
      return layer === undefined ? null : { form, layer: Number(layer), index: Number(index), site };
    }
    default: {
      const id = model.ordinalOf.has(text) ? text : `${model.record.id}/${text}`;
      const node = model.ordinalOf.get(id);
      return node === undefined ? null : { form: "node", node, id };
    }
  }
}

/** The nodes that a selector names as a filter; none of an automatic group, whose nodes the server alone knows. */
export function nodesNamed(model: GraphModel, filter: Filter, text: string): number[] {
  const { kind, layer, position, index, site, token, label, supernodes } = model.nodes;
  const where = (is: (node: number) => boolean) => Array.from(kind.keys()).filter(is);
  const isFeature = (node: number) => kind[node] === "feature";
  const named = (names: readonly (string | null)[], name: string, of: Kind) => {
    const exact = where((node) => kind[node] === of && names[node] === name);
    return exact.length > 0 ? exact : where((node) => kind[node] === of && names[node]?.trim() === name.trim());
  };
  const nodes = alternatives(text).flatMap((one) => {
    const selector = selectorOf(model, one);
    switch (selector?.form) {
      case "node":
        return [selector.node];
      case "feature":
        return where((node) => isFeature(node) && layer[node] === selector.layer && index[node] === selector.index && site[node] === selector.site);
      case "layer":
        return where((node) => isFeature(node) && layer[node] === selector.number);
      case "position":
        return where((node) => kind[node] === (filter === "source" ? "embedding" : "feature") && position[node] === selector.number);
      case "label":
        return named(label, selector.name, "feature");
      case "token":
        return named(token, selector.name, "embedding");
      case "supernode":
        return supernodes.find(({ name }) => name === selector.name)?.nodes ?? [];
      default:
        return [];
    }
  });
  return [...new Set(nodes)].sort((a, b) => a - b);
}

/**
 * A filter's selector as an address has it, with nodes by their whole ids; null where the graph does not have what it
 * names. Labels and groups are taken as they are: other ones may count later.
 */
export function known(model: GraphModel, filter: Filter, text: string): string | null {
  const parts = alternatives(text).map((one) => {
    const selector = selectorOf(model, one);
    if (selector === null) return null;
    if (selector.form === "node") return KINDS_OF[filter].includes(model.nodes.kind[selector.node] ?? "logit") ? selector.id : null;
    if (selector.form === "label" || selector.form === "group") return one;
    return nodesNamed(model, filter, one).length > 0 ? one : null;
  });
  return parts.includes(null) ? null : anyOf(parts.filter((part) => part !== null));
}

/** A selector for an address: nodes by the ends of their ids, which the same nodes have in other graphs of the prompt. */
export const shortened = ({ record }: GraphModel, text: string): string =>
  anyOf(alternatives(text).map((one) => (one.startsWith(`${record.id}/`) ? one.slice(record.id.length + 1) : one)));
