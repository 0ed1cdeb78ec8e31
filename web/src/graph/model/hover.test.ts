import { expect, it } from "vitest";
import { Hover } from "./hover";

it("tells its listeners of every change, once, until they stop", () => {
  const hover = new Hover();
  const heard: unknown[] = [];
  const stop = hover.subscribe((over) => heard.push(over));
  const over = { nodes: [1], edges: [] };
  hover.set(over);
  hover.set(over);
  expect(hover.over).toBe(over);
  hover.set(null);
  stop();
  hover.set(over);
  expect(heard).toEqual([over, null]);
});
