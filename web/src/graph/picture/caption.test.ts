import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { FIRST_BUDGET, drawnBy } from "../model/budget";
import { captionOf } from "./caption";

const AUSTIN = 6;

describe("captionOf", () => {
  const model = fixtureModel();
  it("names the prompt, what is asked, the graph, and what of it is drawn", () => {
    const drawn = { ...drawnBy(model, null, FIRST_BUDGET), share: 0.7 };
    const { title, drawn: text, graph, link } = captionOf(model, AUSTIN, null, drawn, "http://here/graphs/g");
    expect(title).toMatch(/ → Austin 50 %$/);
    expect(text).toBe("6 of 7 nodes, 70 % of the flow to Austin; 7 of 8 links");
    expect([graph, link]).toEqual([model.record.id, "http://here/graphs/g"]);
  });
  it("says so where all is drawn, and what the target is told apart from", () => {
    const drawn = drawnBy(model, null, { share: 1, errors: true });
    expect(captionOf(model, AUSTIN, 3, drawn, null)).toMatchObject({ title: expect.stringMatching(/Austin 50 % rather than Texas$/) as string, drawn: "All 7 nodes and 8 links" });
  });
});
