/** Two graphs that are there: their tokens, and what only one has and what both have. */
import { compareGraphs } from "../api/client";
import type { CompareAnswer, CompareQuestion, GraphAnswer } from "../api/types";
import { counted, exactToken, percent } from "../shared/format";
import { Segmented } from "../shared/choice/Segmented";
import { follow, navigate } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { addressOf, withTarget, type Asked, type By, type Order, type Side } from "./asked";
import { Answers } from "./bands/Answers";
import { endOf } from "./bands/links";
import { Features } from "./bands/Features";
import { Circuits } from "./circuit/Circuits";
import { Strips } from "./strips/Strips";
import { Skeleton } from "../shared/list/Skeleton";
import "./Pair.css";

interface PairProps {
  asked: Asked;
  graphs: Record<Side, GraphAnswer>;
}

/** Why two graphs can share no feature; null: they can. */
function apart({ a, b }: PairProps["graphs"]): string | null {
  if (a.model !== b.model) return `A is of the model ${a.model}, B of ${b.model}`;
  if (a.transcoder_set !== b.transcoder_set) return `A was traced with the transcoders ${a.transcoder_set}, B with ${b.transcoder_set}`;
  const [ofA, ofB] = [a.attention_set ?? null, b.attention_set ?? null];
  return ofA !== null && ofB !== null && ofA !== ofB ? `A has the attention features of ${ofA}, B of ${ofB}` : null;
}

/** What makes steps the same where nobody says: labels where both graphs have some of their own, or where features cannot. */
const defaultBy = ({ a, b }: PairProps["graphs"], areApart: boolean): By => (areApart || (a.n_labelled_nodes > 0 && b.n_labelled_nodes > 0) ? "label" : "feature");

/** The end of a side's target. */
const targetEnd = (graph: GraphAnswer, asks: string | null): string => asks ?? endOf(graph.logits[0]?.id ?? "");

export function Pair({ asked, graphs }: PairProps) {
  const { a, b } = graphs;
  const isSame = a.id === b.id && targetEnd(a, asked.ta) === targetEnd(b, asked.tb);
  return (
    <>
      <Strips graphs={graphs} />
      {isSame ? <Same asked={asked} graph={a} /> : <Compared asked={asked} graphs={graphs} />}
    </>
  );
}

/** One graph, twice: there is nothing to compare until it is asked about two of its predictions. */
function Same({ asked, graph }: { asked: Asked; graph: GraphAnswer }) {
  const others = graph.logits.filter(({ id }) => endOf(id) !== targetEnd(graph, asked.ta)).slice(0, 5);
  return (
    <section className="pair-notice" data-testid="same-graph">
      <h2>A and B are the same graph, asked about the same prediction</h2>
      <p>They differ in nothing. Choose another graph on one side, or another prediction of this one:</p>
      <ul className="pair-choices">
        {others.map(({ id, token, probability }) => (
          <li key={id}>
            <a className="chip" href={addressOf(withTarget(asked, "b", endOf(id)))} onClick={follow}>
              B: why {exactToken(token.trim() || token)} {probability === null ? "" : percent(probability)}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Compared({ asked, graphs }: PairProps) {
  const { a, b } = graphs;
  const why = apart(graphs);
  const wanted = asked.by ?? defaultBy(graphs, why !== null);
  const by = why !== null && wanted === "feature" ? "label" : wanted;
  const question: CompareQuestion = { graphs: `${a.id},${b.id}`, group_by: by, hide_bos: asked.hideBos, target: [asked.ta ?? "", asked.tb ?? ""] };
  const { answer, loading, error, again } = useAnswer(JSON.stringify(question), (signal) => compareGraphs(question, signal));
  // An earlier answer is of other graphs, unless a choice has changed only.
  const shown = answer?.graphs[0]?.id === a.id && answer.graphs[1]?.id === b.id ? answer : null;
  const targets = { ta: null, tb: null };
  return (
    <>
      {why !== null && (
        <section className="pair-notice" data-testid="incomparable">
          <h2>Their features are different things</h2>
          <p>
            {why}: index 7 of layer 3 is another feature there, so that they can share none. Their tokens and their answers are compared, by what people and graphs call the steps.
          </p>
        </section>
      )}
      {error && isPassing(error) && <Trouble error={error} title={shown ? "Not current" : "The server does not answer"} detail={`${shown ? "The server does not answer. " : ""}This page keeps trying and goes on when it is back.`} />}
      {error && !isPassing(error) && (
        <>
          <Trouble error={error} title="They could not be compared" onRetry={again} />
          {(asked.ta !== null || asked.tb !== null) && (
            <p>
              <a href={addressOf({ ...asked, ...targets })} onClick={follow}>
                Ask about the most probable predictions
              </a>
            </p>
          )}
        </>
      )}
      {shown === null && !error && (
        <Skeleton label="The graphs are being compared" n={4} />
      )}
      {shown && (
        <div className="pair-answer" aria-busy={loading} data-testid="compared" data-by={shown.group_by}>
          <Summary answer={shown} />
          <Answers answer={shown} asked={asked}>
            <Choices asked={asked} by={by} hasFeatures={why === null} graphs={graphs} hidden={shown.graphs.map(({ hidden }) => hidden)} />
          </Answers>
          <Features answer={shown} asked={asked} />
          <Circuits asked={asked} by={by} graphs={graphs} answer={shown} />
        </div>
      )}
    </>
  );
}

/** The comparison in two sentences. */
function Summary({ answer }: { answer: CompareAnswer }) {
  const [a, b] = answer.graphs;
  if (!a || !b) return null;
  const name = ({ target }: typeof a) => exactToken(target.token.trim() || target.token);
  const n = answer.shared?.length ?? 0;
  const bySteps = { label: "labels", feature: "features", supernode: "supernodes" }[answer.group_by];
  return (
    <p className="pair-summary" data-testid="summary">
      {answer.shared !== null && (
        <>
          They share <b>{counted(n, "feature")}</b>: {percent(n / Math.max(1, a.n_features), 0)} of A's {a.n_features}, {percent(n / Math.max(1, b.n_features), 0)} of B's {b.n_features}.{" "}
        </>
      )}
      Through the same {bySteps} flows <b>{percent(a.covered_shared)}</b> of what leads to {name(a)} and <b>{percent(b.covered_shared)}</b> of what leads to {name(b)}; through others{" "}
      {percent(a.covered - a.covered_shared)} and {percent(b.covered - b.covered_shared)}, as far as the strongest paths of each tell.
    </p>
  );
}

interface ChoicesProps {
  asked: Asked;
  by: By;
  hasFeatures: boolean;
  graphs: Record<Side, GraphAnswer>;
  /** What is left out in each graph with the token before the text. */
  hidden: readonly (number | null)[];
}

const BOS = /^<(?:bos|s|\|begin_of_text\||\|endoftext\|)>$/i;

function Choices({ asked, by, hasFeatures, graphs, hidden }: ChoicesProps) {
  const choose = (change: Partial<Asked>) => navigate(addressOf({ ...asked, ...change }));
  const first = [graphs.a, graphs.b].map(({ tokens }) => tokens[0] ?? "").find((token) => BOS.test(token));
  const left = hidden.map((share) => share ?? 0);
  return (
    <div className="pair-choices" data-testid="choices">
      <span className="muted">Steps are the same by</span>
      <Segmented<By>
        name="Steps are the same by"
        value={by}
        options={[
          { value: "label", text: "Label" },
          { value: "feature", text: "Feature", isAbsent: !hasFeatures, ...(hasFeatures ? {} : { title: "Graphs of different transcoders share no feature" }) },
          { value: "supernode", text: "Supernode" },
        ]}
        onChoose={(value) => choose({ by: value })}
      />
      <span className="muted">Both: first what</span>
      <Segmented<Order>
        name="Order of what both have"
        value={asked.order}
        options={[
          { value: "strongest", text: "carries most" },
          { value: "differing", text: "differs most", title: "In what it adds to the targets' logits" },
        ]}
        onChoose={(value) => choose({ order: value })}
      />
      {first !== undefined && (
        <label className="pair-check">
          <input type="checkbox" checked={asked.hideBos} onChange={({ target }) => choose({ hideBos: target.checked })} />
          Without paths from {exactToken(first)}
          {asked.hideBos && ` (${percent(left[0])} in A, ${percent(left[1])} in B)`}
        </label>
      )}
    </div>
  );
}
