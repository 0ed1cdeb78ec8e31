import { describe, expect, it } from "vitest";
import { fixtureModel } from "../../testing/fixture";
import { draftOf, OFF, wholeDraft, type Draft } from "./draft";
import { draftTexts, withText } from "./draftAddress";

const plain = fixtureModel();
const model = { ...plain, record: { ...plain.record, target_kind: "predictions" as const } };
const texas = { name: "Say: Texas, now", nodes: [2, 3] };
const read = (texts: readonly string[]): Draft | null => texts.reduce<Draft | null>((draft, text) => withText(model, draft, text) ?? draft, null);

describe("a draft in an address", () => {
  const drafts: [Draft, string[]][] = [
    [draftOf([texas]), ["suppress:feature/0/1/11,feature/1/1/12:Say: Texas, now"]],
    [{ changes: [{ ...OFF, op: "scale", factor: -0.5, subject: texas }] }, ["scale,-0.5:feature/0/1/11,feature/1/1/12:Say: Texas, now"]],
    [{ changes: [{ ...OFF, op: "set", value: 3.25, subject: { name: "a", nodes: [2] } }, { ...OFF, op: "set", value: null, subject: { name: "b", nodes: [4] } }] }, ["set,3.25:feature/0/1/11:a", "set,:feature/1/2/13:b"]],
    [{ changes: [{ ...OFF, op: "transplant", lent: 1.5, donor: "89ab", subject: texas }] }, ["transplant,1.5,89ab:feature/0/1/11,feature/1/1/12:Say: Texas, now"]],
    [wholeDraft(), ["transplant,2,::"]],
    [{ changes: [] }, ["none"]],
  ];
  it.each(drafts)("%j is said and read again", (draft, texts) => {
    expect(draftTexts(model, draft)).toEqual(texts);
    expect(read(texts)).toEqual(draft);
  });
  it("is without what no graph, or none like this, can be asked", () => {
    const stale = [
      "", "suppress", "suppress:feature/9/9/9:a", "suppress:logit/2/2/99:Austin", "suppress:feature/0/1/11:", "suppress::", "suppress,1:feature/0/1/11:a",
      "scale:feature/0/1/11:a", "scale,7:feature/0/1/11:a", "scale,x:feature/0/1/11:a", "set:feature/0/1/11:a", "set,1e999:feature/0/1/11:a", "set,1,2:feature/0/1/11:a",
      "transplant,2,a b:feature/0/1/11:a", "transplant,2,a,b::", "swap:feature/0/1/11:a",
    ];
    expect(stale.filter((text) => withText(model, null, text) !== null)).toEqual([]);
    expect(withText({ ...model, record: { ...model.record, target_kind: "directions" } }, null, "suppress:feature/0/1/11:a")).toBeNull();
  });
  it("changes no node twice", () => {
    expect(read(["suppress:feature/0/1/11:a", "scale,2:feature/0/1/11:b"])?.changes).toHaveLength(1);
    expect(read(["transplant,2,::", "transplant,2,::"])?.changes).toHaveLength(1);
  });
});
