/** The neighbours of a node in the colours of the links that join them, in few steps from pale to full. */
import type { GraphModel } from "../../model/model";

export type Sign = "excites" | "inhibits";

/** Steps from the palest tint to the full colour. */
export const STEPS = 4;

/** "excites 1" is the palest of its sign, "excites 4" the full colour. */
export type Tint = `${Sign} ${number}`;

/** How strong a link looks, 0 to 1, by its share. */
export const strengthOf = (share: number): number => Math.min(1, Math.sqrt(Math.max(0, share)) * 1.6);

/** The node at the other end of each link of `node`, by tint, the palest first; each once, by its strongest link. */
export function tinted({ edges }: GraphModel, node: number, links: readonly number[]): [Tint, number[]][] {
  const strongest = new Map<number, number>();
  for (const edge of links) {
    const source = edges.source[edge] ?? 0;
    const other = source === node ? (edges.target[edge] ?? 0) : source;
    const known = strongest.get(other);
    if (known === undefined || (edges.share[edge] ?? 0) > (edges.share[known] ?? 0)) strongest.set(other, edge);
  }
  const groups = new Map<Tint, number[]>();
  for (let step = 1; step <= STEPS; step++) {
    groups.set(`inhibits ${step}`, []);
    groups.set(`excites ${step}`, []);
  }
  for (const [other, edge] of strongest) {
    const sign: Sign = (edges.weight[edge] ?? 0) < 0 ? "inhibits" : "excites";
    const step = Math.max(1, Math.ceil(strengthOf(edges.share[edge] ?? 0) * STEPS));
    groups.get(`${sign} ${step}`)?.push(other);
  }
  return [...groups].filter(([, members]) => members.length > 0);
}
