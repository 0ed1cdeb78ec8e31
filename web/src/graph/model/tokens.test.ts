import { describe, expect, it } from "vitest";
import type { NodesAnswer } from "../../api/types";
import { fixtureNodes } from "../../testing/fixture";
import { tokensOf } from "./tokens";

/** The prompt "é" in two tokens of ids 30 and 31, and predictions of these ids or others. */
const nodes = (...logits: [token: string, index: number][]): NodesAnswer => ({
  ...fixtureNodes(),
  kind: ["embedding", "embedding", "error", ...logits.map(() => "logit" as const)],
  position: [0, 1, 1, ...logits.map(() => 1)],
  index: [30, 31, 0, ...logits.map(([, index]) => index)],
  token: ["�", "�", "�", ...logits.map(([token]) => token)],
});
const prompt = { prompt: "é", tokens: ["�", "�"] };

describe("tokensOf", () => {
  const { writeToken, spans } = tokensOf(prompt, nodes(["�", 31], ["�", 99], [" é", 7]));
  it("writes a piece by the character that it belongs to, at its position", () => {
    expect(writeToken("�", { kind: "embedding", position: 0, index: 30 })).toBe("é 1/2");
    expect(writeToken("�", { kind: "error", position: 1, index: 0 })).toBe("é 2/2");
    expect(spans).toEqual([{ first: 0, last: 1, text: "é" }]);
  });
  it("writes a predicted piece by its byte, where the prompt has the token, or by its id", () => {
    expect(writeToken("�", { kind: "logit", position: 1, index: 31 })).toBe("0xA9");
    expect(writeToken("�", { kind: "logit", position: 1, index: 99 })).toBe("� id 99");
  });
  it("writes a predicted piece that says its byte as it is", () => {
    expect(writeToken("<0xE6>", { kind: "logit", position: 1, index: 99 })).toBe("‹0xE6›");
  });
  it("writes other tokens by themselves", () => {
    expect(writeToken(" é", { kind: "logit", position: 1, index: 7 })).toBe("é");
    expect(writeToken(" é")).toBe("é");
    expect(writeToken("�")).toBe("�");
  });
});
