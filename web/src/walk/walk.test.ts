import { describe, expect, it } from "vitest";
import type { ListedPrompt } from "../api/types";
import { labelledFirst, walkedGraph } from "./chosen";
import { cardPlace } from "./place";
import { progressIn } from "./progress";
import { N_STEPS, STEPS, type Seen } from "./steps";

const listed = (id: string, nodes: number, labelled: number) => ({ newest: { id, n_nodes: nodes, n_labelled_nodes: labelled } }) as ListedPrompt;

describe("the graph of the walk", () => {
  const prompts = [listed("demo", 20, 5), listed("huge", 5000, 900), listed("dallas", 322, 67), listed("bare", 20, 0)];
  it("has most labels, and is not too large where another is smaller", () => {
    expect(labelledFirst({ prompts }).map(({ id }) => id)).toEqual(["dallas", "demo", "huge"]);
  });
  it("is one whose labels group its paths, where one of the first is", async () => {
    const asked: string[] = [];
    const grouped = (...named: string[]) => (id: string) => {
      asked.push(id);
      return Promise.resolve(named.includes(id));
    };
    expect((await walkedGraph({ prompts }, grouped("demo", "huge")))?.id).toBe("demo");
    expect(asked).toEqual(["dallas", "demo"]);
    expect((await walkedGraph({ prompts }, grouped()))?.id).toBe("dallas");
    expect(await walkedGraph({ prompts: [listed("bare", 20, 0)] }, grouped("bare"))).toBeNull();
    expect((await walkedGraph({ prompts }, (id) => Promise.resolve(id === "dallas" ? null : false)))?.id).toBe("demo");
    expect(await walkedGraph({ prompts }, () => Promise.resolve(null))).toBeNull();
  });
});

describe("what is kept of a walk", () => {
  it("is a graph and a step that there is", () => {
    expect(progressIn('{"graph":"one","step":4}')).toEqual({ graph: "one", step: 4 });
    expect([null, "", "{", "1", "{}", '{"graph":"","step":0}', '{"graph":"one","step":5}', '{"graph":"one","step":-1}', '{"graph":"one","step":0.5}'].map(progressIn)).toEqual(
      Array(9).fill(null),
    );
  });
});

describe("the steps", () => {
  const before: Seen = { question: "Austin", row: null, feature: null, drawn: "1", work: "" };
  it("are five, and each is done by what it asks for, and by nothing else", () => {
    const acts: Seen[] = [
      { ...before, question: "the" },
      { ...before, row: "raises.1" },
      { ...before, feature: "feature/20/7/44686" },
      { ...before, drawn: "0.6" },
      { ...before, work: "feature/20/7/44686" },
    ];
    expect(N_STEPS).toBe(5);
    expect(STEPS.map((step) => acts.map((now) => step.isDone(before, now)))).toEqual(STEPS.map((_, at) => acts.map((_, other) => at === other)));
    expect(STEPS.map((step) => step.isDone(before, before))).toEqual(Array(5).fill(false));
  });
  it("are not done by taking back what was there", () => {
    expect(STEPS.map((step) => step.isDone({ ...before, row: "raises.1", feature: "one" }, before))).toEqual(Array(5).fill(false));
  });
});

describe("the card", () => {
  const card = { width: 300, height: 200 };
  const window = { width: 1280, height: 800 };
  it("stands beside what it points at, where there is room, and within the window", () => {
    expect(cardPlace({ left: 0, top: 100, width: 320, height: 700 }, card, window)).toEqual({ left: 332, top: 100 });
    expect(cardPlace({ left: 1000, top: 700, width: 280, height: 80 }, card, window)).toEqual({ left: 688, top: 588 });
    expect(cardPlace({ left: 100, top: 700, width: 1100, height: 60 }, card, window)).toEqual({ left: 500, top: 488 });
    expect(cardPlace({ left: 100, top: 20, width: 1100, height: 60 }, card, window)).toEqual({ left: 500, top: 92 });
    expect(cardPlace({ left: 100, top: 20, width: 1100, height: 760 }, card, window)).toEqual({ left: 112, top: 300 });
    expect(cardPlace(null, card, window)).toEqual({ left: 968, top: 588 });
  });
  it("stands across the bottom of a narrow window, or across the top where it would cover what it points at", () => {
    const phone = { width: 390, height: 844 };
    const at = [0, 700].map((top) => cardPlace({ left: 0, top, width: 390, height: 100 }, card, phone));
    expect([...at, cardPlace(null, card, phone), cardPlace({ left: 0, top: 100, width: 390, height: 700 }, card, phone)]).toEqual(["bottom", "top", "bottom", "bottom"]);
  });
});
