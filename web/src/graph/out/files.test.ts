import { expect, it } from "vitest";
import { fileAddress } from "./files";

it("a file's address says the format, labels other than usual, and the View", () => {
  expect(fileAddress("g", "graphml", "made", null)).toBe("/api/graphs/g/export?format=graphml");
  expect(fileAddress("g", "graph-json", "own", "my view", true)).toBe("/api/graphs/g/export?format=graph-json&labels=own&view=my+view&part=view");
});
