import { describe, expect, it } from "vitest";
import { fixtureModel, key } from "../../testing/fixture";
import { filtersOf, filterText } from "./filters";

const model = fixtureModel();

describe("filtersOf", () => {
  it("names each filter, through before around", () => {
    const filters = filtersOf(model, { through: [key(2)], avoid: [key(4)] });
    expect(filters.map(filterText)).toEqual(["through Texas L0 Dallas", "around L1 #13 is"]);
    expect(filters[0]).toMatchObject({ filter: "through", id: key(2), title: "through Texas, layer 0, position 1" });
  });
  it("passes over nodes that the graph does not have", () => {
    expect(filtersOf(model, { through: ["other/feature/0/0/0"], avoid: [] })).toEqual([]);
  });
  it("tells two filters apart that would read alike", () => {
    const same = { ...model, nodes: { ...model.nodes, layer: model.nodes.layer.map((layer, node) => (node === 3 ? 0 : layer)) } };
    expect(filtersOf(same, { through: [key(2), key(3)], avoid: [] }).map(filterText)).toEqual([
      "through Texas L0 #11 Dallas",
      "through Texas L0 #12 Dallas",
    ]);
  });
});
