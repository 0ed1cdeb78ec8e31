/** A prompt with its prediction in bold: "The capital of Texas is **Austin** 33 %"; with its target where that was chosen. */
import type { GraphRecord } from "../api/types";
import { barePrompt, middleCut, percent } from "./format";
import "./Prediction.css";

/** Whether the graph's logits were chosen by a person: then the most probable of them need not be what the model predicts. */
export const hasChosenTargets = ({ target_kind: kind }: Pick<GraphRecord, "target_kind">): boolean => kind !== "predictions";

/** A predicted token on one line, without white space around it unless it is all white space. */
function onOneLine(token: string): string {
  return token.trim() || token.replace(/\n/g, "↵").replace(/\t/g, "⇥").replace(/ /g, "␣");
}

/** `most`: characters of the prompt, where its whole stands beside it. */
export function Prediction({ record, most = Infinity }: { record: GraphRecord; most?: number }) {
  const { token } = record.prediction;
  // A direction has a weight in its place.
  const probability = record.target_kind === "directions" ? null : record.prediction.probability;
  const chosen = hasChosenTargets(record);
  // Where tokens carry their leading space, one without a space continues the prompt's last word.
  const spaced = record.tokens.some((each) => each.startsWith(" "));
  const joined = !chosen && spaced && token !== "" && !/^\s/.test(token);
  return (
    <span className="prediction">
      <span className="prediction-prompt">
        {middleCut(barePrompt(record), most)}
        {joined ? "" : " "}
      </span>
      <span className="prediction-token">
        {chosen && <span className="muted">· target </span>}
        <b>{onOneLine(token)}</b>
        {probability !== null && probability !== undefined && (
          <span className="muted"> {percent(probability, probability > 0 && probability < 0.1 ? 1 : 0)}</span>
        )}
      </span>
    </span>
  );
}
