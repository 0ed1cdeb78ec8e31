/** The work that begins with a chosen circuit. */
import type { CircuitAnswer } from "../../api/types";
import { ordinalsOf, type GraphModel } from "../model/model";
import { MOST_NAME, unusedName, type Edit, type Supernode } from "../work/work";

/** Groups of several nodes become supernodes under their names; single nodes, tokens and targets are pinned. */
export function startedBy(model: GraphModel, { nodes }: Pick<CircuitAnswer, "nodes">): Extract<Edit, { type: "started" }> {
  const supernodes: Supernode[] = [];
  const pinned: number[] = [];
  for (const { group } of nodes) {
    const members = ordinalsOf(model, group.nodes);
    if (members.length === 0) continue;
    if (members.length === 1) pinned.push(...members);
    else supernodes.push({ name: unusedName({ supernodes }, plain(group.name) || "Group"), colour: null, nodes: members.sort((a, b) => a - b) });
  }
  return { type: "started", pinned, supernodes };
}

/** A name as a supernode may have it: in one line, with room for a number behind it. */
const plain = (name: string | null): string => (name ?? "").replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim().slice(0, MOST_NAME - 8);
