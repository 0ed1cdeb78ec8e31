/** Features of all graphs, found by what they are called or by their layer and index. */
import { askCypher, askNamed } from "../../api/client";
import type { CypherRows } from "../../api/types";
import { counted } from "../../shared/format";
import { featureKeyName } from "../results/keys";
import type { Choice } from "./Combo";
import { LISTED } from "./picking";

/** The least that is searched for. */
const LEAST = 2;

const BY_NUMBER = `MATCH (f:Feature)
WHERE f.layer = $layer AND f.\`index\` = $number
RETURN f.key AS feature
ORDER BY feature LIMIT ${LISTED}`;

/** "L20 #44686", "20/44686", "20 44686". */
export function numbersIn(text: string): { layer: number; number: number } | null {
  const [, layer, number] = /^\s*[lL]?(\d{1,6})(?:\s*[/#]\s*|\s+#?)(\d{1,9})\s*$/.exec(text) ?? [];
  return layer === undefined ? null : { layer: Number(layer), number: Number(number) };
}

const records = ({ columns, rows }: CypherRows): Record<string, unknown>[] => rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])));

/** What is known of features by rows of several queries: each once, by its first words. */
export function featureChoices(answers: readonly CypherRows[]): Choice[] {
  const found = new Map<string, Choice>();
  for (const row of answers.flatMap(records)) {
    const { feature, label, explanations, n_graphs: graphs } = row;
    if (typeof feature !== "string" || found.has(feature)) continue;
    const said = typeof label === "string" ? label : Array.isArray(explanations) && typeof explanations[0] === "string" ? explanations[0] : null;
    const where = typeof graphs === "number" ? `in ${counted(graphs, "graph")}` : "";
    const [model = "", set = ""] = feature.split("/");
    const detail = [said === null ? "" : featureKeyName(feature), where, `${decodeURIComponent(model)}, ${decodeURIComponent(set)}`].filter(Boolean).join(" · ");
    found.set(feature, { value: feature, text: said ?? featureKeyName(feature), detail });
  }
  return [...found.values()];
}

/** Null: too little is typed. */
export async function findFeatures(sought: string, signal: AbortSignal): Promise<Choice[] | null> {
  const numbers = numbersIn(sought);
  if (numbers) return featureChoices([await askCypher({ query: BY_NUMBER, parameters: numbers }, signal)]);
  if (sought.length < LEAST) return null;
  const parameters = { word: sought, k: LISTED };
  return featureChoices(await Promise.all(["nodes-by-label", "features-by-explanation"].map((name) => askNamed(name, { parameters }, signal))));
}
