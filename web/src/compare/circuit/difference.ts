/** Two graphs' circuits as one: which parts and links only one has, and which both have. */
import type { CircuitAnswer, PathEffect } from "../../api/types";
import { exactToken, featureName } from "../../shared/format";
import type { By, Side } from "../asked";
import type { Where } from "../bands/rows";
import type { Column } from "../strips/align";

/** What one graph has of a part: the ids of its nodes, and the flow through them. */
export interface OfGraph {
  ids: readonly string[];
  flow: number;
}

export interface Part {
  key: string;
  /** A token, a group of features, or the target, which both have whatever its token is. */
  kind: "token" | "group" | "target";
  name: string;
  where: Where;
  /** The mean layer of its feature nodes; a token's position. */
  height: number;
  a: OfGraph | null;
  b: OfGraph | null;
}

export interface Link {
  /** Keys of parts. */
  source: string;
  target: string;
  where: Where;
  a: PathEffect | null;
  b: PathEffect | null;
}

export interface Difference {
  /** Tokens by their positions, then groups by their layers, then the target. */
  parts: readonly Part[];
  /** The strongest first. */
  links: readonly Link[];
}

type Group = CircuitAnswer["nodes"][number]["group"];

const KINDS = { token: 0, group: 1, target: 2 };

export const whereOf = ({ a, b }: { a: unknown; b: unknown }): Where => (a !== null && b !== null ? "both" : a !== null ? "a" : "b");

/** The influence of a link in the graph that has more of it. */
export const sizeOf = ({ a, b }: Link): number => Math.max(a?.influence ?? 0, b?.influence ?? 0);

interface Compared {
  by: By;
  /** The alignment of the prompts, by which their tokens are the same. */
  columns: readonly Column[];
  /** Whether the graphs' features are different things, so that two with one number are not the same. */
  areApart: boolean;
}

export function differenceOf(circuits: Record<Side, CircuitAnswer>, { by, columns, areApart }: Compared): Difference {
  const parts = new Map<string, Part>();
  const links = new Map<string, Link>();

  const keyOf = (group: Group, side: Side): string => {
    if (group.kind === "logit") return "target";
    if (group.kind === "embedding") {
      const at = columns.findIndex((column) => column[side] === group.position);
      return columns[at]?.same ? `token ${at}` : `token ${side} ${group.position ?? ""}`;
    }
    if (by !== "feature" && group.name !== null) return `name ${group.name.trim()}`;
    return ["feature", ...(areApart ? [side] : []), group.layer, group.index, group.site ?? ""].join(" ");
  };

  for (const side of ["a", "b"] as const) {
    const { nodes, links: linked } = circuits[side];
    const keys = nodes.map(({ group, flow }) => {
      const key = keyOf(group, side);
      const known = parts.get(key);
      const of = known?.[side];
      const called = nameOf(group, by);
      const part: Part = known ?? { key, kind: kindOf(group), name: called, where: side, height: heightOf(group), a: null, b: null };
      // A feature at several positions is several groups of one graph.
      const merged: OfGraph = { ids: [...(of?.ids ?? []), ...group.nodes], flow: (of?.flow ?? 0) + flow };
      const name = known && !known.name.split(" / ").includes(called) ? `${known.name} / ${called}` : part.name;
      parts.set(key, { ...part, name, [side]: merged });
      return key;
    });
    for (const { source, target, effect } of linked) {
      const [from = "", to = ""] = [keys[source], keys[target]];
      if (from === to) continue;
      const key = `${from}\n${to}`;
      const link: Link = links.get(key) ?? { source: from, target: to, where: side, a: null, b: null };
      links.set(key, { ...link, [side]: sumOf(link[side], effect) });
    }
  }
  return {
    parts: [...parts.values()].map((part) => ({ ...part, where: whereOf(part) })).sort((one, other) => KINDS[one.kind] - KINDS[other.kind] || one.height - other.height),
    links: [...links.values()].map((link) => ({ ...link, where: whereOf(link) })).sort((one, other) => sizeOf(other) - sizeOf(one)),
  };
}

function sumOf(one: PathEffect | null, other: PathEffect): PathEffect {
  if (one === null) return other;
  return {
    influence: one.influence + other.influence,
    raising: one.raising + other.raising,
    lowering: one.lowering + other.lowering,
    contribution: one.contribution === null || other.contribution === null ? null : one.contribution + other.contribution,
  };
}

const kindOf = ({ kind }: Group): Part["kind"] => (kind === "logit" ? "target" : kind === "embedding" ? "token" : "group");

/** What a part is called; beside the label of a feature, which others may have too, stands the feature. */
function nameOf({ kind, token, name, layer, index, site }: Group, by: By): string {
  if (token !== null) return exactToken(token.trim() || token);
  const feature = layer === null || index === null ? null : featureName(layer, index, site);
  if (name === null) return feature ?? kind;
  return by === "feature" && feature !== null ? `${feature} ${name.trim()}` : name.trim();
}

function heightOf(group: Group): number {
  if (group.kind === "embedding") return group.position ?? 0;
  const layers = group.nodes.map((id) => Number(id.split("/")[2]));
  return layers.reduce((sum, layer) => sum + layer, 0) / Math.max(1, layers.length);
}
