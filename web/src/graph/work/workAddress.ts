/**
 * A work as an address says it, where it is other than its View:
 *
 *     pins       the ends of nodes' ids: `feature/20/7/44686,feature/0/6/1861`
 *     group      members, colour and name of a supernode, as often as there are some: `feature/20/7/44686:2:Texas`
 *     hide       the nodes that are not drawn
 *     at         a place that somebody chose: `0.25,0.5:feature/20/7/44686`, `0.25,0.5:=Texas`
 *     expand     the name of a supernode that is drawn as its members, as often as there are some
 *     tests      the ids of stored tests: `2222e4c66cf8c8bd,3333e4c66cf8c8bd`
 *     work       `none`, where there is nothing of these and the View has some
 */
import { nodeEnd, type GraphModel } from "../model/model";
import { isColour } from "./views";
import { isEmpty, NO_WORK, ordered, type Place, type Work } from "./work";

export const WORK_PARAMETERS = ["pins", "group", "hide", "at", "expand", "tests", "work"] as const;

/** What a stored test's id looks like. */
export const isTestId = (text: string): boolean => /^[0-9a-f]{8,64}$/.test(text);

const rounded = (part: number): string => String(Math.round(part * 1000) / 1000);

export function workParameters(model: GraphModel, work: Work): [name: string, value: string][] {
  if (isEmpty(work)) return [["work", "none"]];
  const list = (nodes: readonly number[]): string => nodes.map((node) => nodeEnd(model, node)).join(",");
  return [
    ...(work.pinned.length > 0 ? [["pins", list(work.pinned)] satisfies [string, string]] : []),
    ...work.supernodes.map(({ name, colour, nodes }): [string, string] => ["group", `${list(nodes)}:${colour ?? ""}:${name}`]),
    ...(work.hidden.length > 0 ? [["hide", list(work.hidden)] satisfies [string, string]] : []),
    ...Object.entries(work.places).map(([key, [x, y]]): [string, string] => ["at", `${rounded(x)},${rounded(y)}:${key}`]),
    ...work.expanded.map((name): [string, string] => ["expand", name]),
    ...(work.tests.length > 0 ? [["tests", work.tests.join(",")] satisfies [string, string]] : []),
  ];
}

/** Reads parameters one by one, each of which says whether it could be read. */
export class WorkReader {
  private read: Work | null = null;

  constructor(private readonly model: GraphModel) {}

  /** The work that was read; null: the address says none. */
  get work(): Work | null {
    return this.read;
  }

  take(name: (typeof WORK_PARAMETERS)[number], value: string): boolean {
    const work = this.read ?? NO_WORK;
    const next = this.taken(work, name, value);
    if (next) this.read = next;
    return next !== null;
  }

  private taken(work: Work, name: (typeof WORK_PARAMETERS)[number], value: string): Work | null {
    switch (name) {
      case "work":
        return value === "none" ? work : null;
      case "pins":
      case "hide": {
        const nodes = this.nodes(value);
        if (nodes === null) return null;
        return name === "pins" ? { ...work, pinned: nodes } : { ...work, hidden: nodes.sort((a, b) => a - b) };
      }
      case "group": {
        const [, members = "", colour = "", called = ""] = /^([^:]*):(\d?):(.+)$/s.exec(value) ?? [];
        const nodes = this.nodes(members);
        const held = new Set(work.supernodes.flatMap((one) => one.nodes));
        if (nodes === null || called === "" || work.supernodes.some((one) => one.name === called) || nodes.some((node) => held.has(node))) return null;
        const made = { name: called, colour: colour !== "" && isColour(Number(colour)) ? Number(colour) : null, nodes: nodes.sort((a, b) => a - b) };
        return { ...work, supernodes: [...work.supernodes, made] };
      }
      case "expand":
        return work.supernodes.some(({ name }) => name === value) ? { ...work, expanded: ordered(work.supernodes, [...work.expanded, value]) } : null;
      case "tests": {
        const tests = value.split(",");
        return tests.every(isTestId) ? { ...work, tests: [...new Set([...work.tests, ...tests])] } : null;
      }
      case "at": {
        const [, x, y, key = ""] = /^(0(?:\.\d+)?|1),(0(?:\.\d+)?|1):(.+)$/s.exec(value) ?? [];
        if (key === "" || !(key.startsWith("=") || this.ordinal(key) !== undefined)) return null;
        const place: Place = [Number(x), Number(y)];
        return { ...work, places: { ...work.places, [key]: place } };
      }
    }
  }

  private ordinal(end: string): number | undefined {
    return this.model.ordinalOf.get(`${this.model.record.id}/${end}`);
  }

  /** Ordinals of the nodes that a value lists, none twice; null where one is not of this graph. */
  private nodes(value: string): number[] | null {
    const found = value.split(",").map((end) => this.ordinal(end));
    return found.every((node) => node !== undefined) ? [...new Set(found)] : null;
  }
}
