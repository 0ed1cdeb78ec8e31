/** What a circuit explains and its two scores, beside those of random circuits and of all features. */
import type { DrawnAnswer } from "../../api/types";
import { counted, percent, score } from "../../shared/format";
import "./Scores.css";

type Figure = "explained" | "replacement" | "completeness";

const FIGURES: { name: Figure; text: string; meaning: string }[] = [
  { name: "explained", text: "explains", meaning: "The influence along the paths from the tokens over features of the circuit only" },
  {
    name: "replacement",
    text: "replacement",
    meaning: "With the circuit's features only, the rest as errors: the part of the influence on the predictions that comes from tokens, not from errors",
  },
  { name: "completeness", text: "completeness", meaning: "With the circuit's features only, the rest as errors: the part of all nodes' inputs that are no errors" },
];

/** A share for what is explained, as the rest of the page has it; a number for the scores, as they are known by. */
const written = (name: Figure, value: number | null | undefined): string => (name === "explained" ? percent(value) : score(value));

const own = (answer: DrawnAnswer, name: Figure): number | null | undefined => (name === "explained" ? answer.explained : answer.scores?.[name]);

const whole = (answer: DrawnAnswer, name: Figure): number | null | undefined => (name === "explained" ? answer.matching : answer.whole_scores?.[name]);

function chance({ random }: DrawnAnswer, name: Figure): string {
  const found = random?.[name];
  return found ? `${written(name, found.mean)} ± ${written(name, found.deviation)}` : "–";
}

/** `answer`: null while there is none. */
export function Scores({ answer }: { answer: DrawnAnswer | null }) {
  if (!answer) return <p className="muted">Counting what it explains…</p>;
  const { random, n_features: n } = answer;
  return (
    <table className="scores" data-testid="circuit-scores">
      <thead>
        <tr>
          <th scope="col">
            <span className="muted">{counted(n, "feature")}</span>
          </th>
          {FIGURES.map(({ name, text, meaning }) => (
            <th key={name} scope="col" title={meaning}>
              {text}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr className="scores-own">
          <th scope="row">this circuit</th>
          {FIGURES.map(({ name }) => (
            <td key={name} data-testid={`circuit-${name}`}>
              {written(name, own(answer, name))}
            </td>
          ))}
        </tr>
        {random && (
          <tr>
            <th scope="row" title="As many features of the same layers, at the last token and before it, drawn at random: mean ± standard deviation">
              {random.n} random ones
            </th>
            {FIGURES.map(({ name }) => (
              <td key={name}>{chance(answer, name)}</td>
            ))}
          </tr>
        )}
        <tr>
          <th scope="row">all features</th>
          {FIGURES.map(({ name }) => (
            <td key={name}>{written(name, whole(answer, name))}</td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

/** The same in a few words. */
export function ShortScore({ answer }: { answer: DrawnAnswer }) {
  const { explained, random, scores } = answer;
  const replacement = scores?.replacement ?? null;
  return (
    <span className="scores-short" title="What the circuit explains, beside random circuits of as many features; its replacement score" data-testid="short-score">
      explains <b>{percent(explained)}</b>
      <span className="muted">
        {random && ` (random ${percent(random.explained.mean)})`}
        {replacement !== null && ` · replacement ${score(replacement)}`}
      </span>
    </span>
  );
}
