import { describe, expect, it } from "vitest";
import type { PathsAnswer } from "../../../api/types";
import { csv, tsv } from "../../../shared/out/table";
import { fixtureModel, fixturePath, fixtureScores, key } from "../../../testing/fixture";
import { scoreNamed } from "../../question/scores";
import { rowsOf } from "../rows";
import { pathsOf, statementFor, towards, withValues } from "./cypher";
import { table } from "./table";
import { answerText } from "./words";

const plain = fixtureModel();
const model = { ...plain, record: { ...plain.record, model: "demo", replacement_score: 0.725 } };
const score = scoreNamed(fixtureScores(), "contribution");
const effect = { influence: 0.2, raising: 0.2, lowering: 0, contribution: 4.5 };

const answer = (nodes: number[][]): PathsAnswer =>
  ({
    group_by: "none",
    groups: null,
    paths: nodes.map((each) => ({ ...fixturePath(each), score: 4.5, effect })),
    targets: [{ node: fixturePath([6]).nodes[0], weight: 1 }],
    effect: { ...effect, raising: 0.3, lowering: 0.1 },
  }) as unknown as PathsAnswer;

const listed = (side: "raises" | "lowers", ...nodes: number[][]) => ({ side, answer: answer(nodes), rows: rowsOf(answer(nodes), model, score) });
const lists = [listed("raises", [1, 2, 6], [1, 2, 3, 6]), listed("lowers")];

describe("an answer as text", () => {
  it("has the question, the sentence, the rows and where it is from", () => {
    const said = { model, score, lists, sentence: ["First.", "Rest."] as const, conditions: " from Dallas", address: "http://here/graphs/g" };
    expect(answerText(said)).toBe(
      [
        "Why Austin from Dallas? “Dallas is” (demo)",
        "First. Rest.",
        "Raise Austin (30.0 % of its influence in all)\n1. Dallas → Texas → Austin  4.50\n2. Dallas → Texas → Texas → Austin  4.50",
        "Lower Austin (10.0 % of its influence in all)\nnothing",
        "single paths, ranked by contribution; replacement score 0.72",
        "http://here/graphs/g",
      ].join("\n\n"),
    );
  });
});

describe("an answer as a table", () => {
  it("has a line for each row, with its figures in full", () => {
    const [heading, first] = table(lists);
    expect(heading?.slice(0, 4)).toEqual(["side", "rank", "path", "score"]);
    expect(first).toEqual(["raises", 1, "Dallas → Texas → Austin", 4.5, 0.2, 0.2, 0, 4.5, 1, [1, 2, 6].map(key).join(" ")]);
    expect(tsv(table(lists)).split("\n").map((line) => line.split("\t").length)).toEqual([10, 10, 10]);
  });
  it("is nothing that a spreadsheet computes, and takes any text", () => {
    expect(csv([["=1+1", 'say "x", y', -2, null]])).toBe(`'=1+1,"say ""x"", y",-2,\n`);
    expect(tsv([["a\tb\nc", "@x"]])).toBe("a b c\t'@x");
  });
});

describe("the Cypher behind a list", () => {
  it("reads the listed paths, or the strongest of each group", () => {
    expect(pathsOf(lists.map((list) => list.answer))).toEqual([[1, 2, 6].map(key).join(" "), [1, 2, 3, 6].map(key).join(" ")]);
    const grouped = { ...answer([]), paths: null, groups: [{ best_members: [fixturePath([1, 6]), fixturePath([0, 6])] }] } as unknown as PathsAnswer;
    expect(pathsOf([grouped])).toEqual([[1, 6].map(key).join(" "), [0, 6].map(key).join(" ")]);
    expect(towards("a b c", "d")).toBe("a b d");
  });
  it("has values in place of parameters", () => {
    expect(withValues("MATCH (g {id: $graph}) WHERE x IN $paths LIMIT $k", { graph: "it's", paths: ["a b", "c"], k: 3 })).toBe(
      "MATCH (g {id: 'it\\'s'}) WHERE x IN ['a b', 'c'] LIMIT 3",
    );
  });
  it("has as many paths as fit into a statement", () => {
    const paths = Array.from({ length: 200 }, (_, at) => `${"x".repeat(996)} ${at}`);
    const { read, text } = statementFor("UNWIND $paths AS path RETURN path", "g", paths);
    expect(text.length).toBeLessThanOrEqual(90_000);
    expect(read).toBeGreaterThan(50);
    expect(statementFor("$paths", "g", paths.slice(0, 3)).read).toBe(3);
  });
});
