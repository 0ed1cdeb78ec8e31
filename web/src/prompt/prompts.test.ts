import { describe, expect, it } from "vitest";
import { promptOf, promptsOf } from "./prompts";

describe("promptsOf", () => {
  it("takes each line as it is, and no empty ones", () => {
    expect(promptsOf("The capital of Texas is\n\n The day after \r\n \t\n")).toEqual(["The capital of Texas is", " The day after "]);
    expect(promptsOf(" \n")).toEqual([]);
  });
});

describe("promptOf", () => {
  it("is one line without the line ends that came with it, its spaces kept", () => {
    expect(promptOf("\n The day after \n")).toBe(" The day after ");
  });
  it("is several lines with the empty ones between them", () => {
    expect(promptOf(" \n  One\n\ntwo \n \n")).toBe("  One\n\ntwo ");
  });
  it("leaves it to the server what a prompt of nothing is", () => {
    expect(promptOf(" ")).toBe(" ");
  });
});
