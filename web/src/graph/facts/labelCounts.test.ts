import { describe, expect, it } from "vitest";
import type { Kind, LabelSource } from "../../api/types";
import { isUnexplained, labelCounts, labelsText } from "./labelCounts";

const counted = (sources: (LabelSource | null)[], kinds: Kind[] = sources.map(() => "feature")) =>
  labelCounts({ kind: kinds, label_origin: sources.map((source) => source && { source, by: null, graph: null }) });

describe("labelsText", () => {
  it("says how many labels come from where", () => {
    const counts = counted(["graph", "borrowed", "borrowed", "logits", null]);
    expect(labelsText(counts)).toBe(
      "4 labels for 5 features: 1 of this graph, 2 borrowed from other graphs, 1 made from top logits",
    );
    expect(labelsText(counted(["person", "explanation"]))).toBe(
      "2 labels for 2 features: 1 said by people, 1 from explanations",
    );
  });
  it("says that there are none", () => {
    expect(labelsText(counted([null, null]))).toBe("None of 2 features has a label");
  });
  it("leaves out the names of logits", () => {
    expect(counted(["graph", "graph"], ["feature", "logit"])).toMatchObject({ features: 1, labels: 1 });
  });
});

describe("isUnexplained", () => {
  it("holds where some feature has no label but a borrowed one", () => {
    expect(isUnexplained(counted(["graph", "person", "explanation", "logits"]))).toBe(false);
    for (const source of ["borrowed", null] as const) expect(isUnexplained(counted(["graph", source]))).toBe(true);
  });
});
