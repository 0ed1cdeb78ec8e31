import { expect, it } from "vitest";
import { fixtureModel } from "../../../testing/fixture";
import { spoken } from "./spoken";

const model = fixtureModel();

it("says where a step led and over which link", () => {
  expect(spoken(model, "input", { node: 3, edge: 6 })).toBe("Texas, feature, layer 1, at Dallas: excites Austin, 50.0 % of its input.");
  expect(spoken(model, "input", { node: 0, edge: 2 })).toBe("‹bos›, token 1 of 3: inhibits Texas, 25.0 % of its input.");
  expect(spoken(model, "output", { node: 6, edge: 7 })).toBe("Austin, logit, 50.0 %: inhibited, 25.0 % of the node’s input.");
  expect(spoken(model, "next", { node: 5, edge: null })).toBe("L0 error, error, layer 0, at is.");
});

it("says why a step led nowhere", () => {
  expect(spoken(model, "input", null)).toBe("No input is drawn.");
});
