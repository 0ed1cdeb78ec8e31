/**
 * compare/: two graphs beside each other: what only one has, and what both have.
 *
 *     Compare -> Sides, pick/Picker (a graph that is not chosen yet), Pair -> strips/ (tokens), bands/ (answers, features), circuit/
 *     asked.ts is what the address says;  Badge is the letter of a side
 */
import { useEffect } from "react";
import { getGraph } from "../api/client";
import type { GraphAnswer } from "../api/types";
import { barePrompt, middleCut } from "../shared/format";
import { useSearch } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer, type Asked as Answered } from "../shared/useAnswer";
import { askedIn, other, SIDES, type Side } from "./asked";
import { Pair } from "./Pair";
import { Picker } from "./pick/Picker";
import { Sides } from "./Sides";
import "./Compare.css";

/** The graph of an id; an earlier one's record is not shown for it. */
function useGraph(id: string | null): Answered<GraphAnswer> {
  const found = useAnswer(id === null ? null : `graph ${id}`, (signal) => getGraph(id ?? "", "made", signal));
  return { ...found, answer: found.answer?.id === id ? found.answer : null };
}

export function Compare() {
  const asked = askedIn(useSearch());
  const found: Record<Side, Answered<GraphAnswer>> = { a: useGraph(asked.a), b: useGraph(asked.b) };
  const graphs = { a: found.a.answer, b: found.b.answer };
  // What is known of a graph that has been deleted meanwhile is not compared.
  const isGone = (side: Side) => found[side].error?.error === "GraphNotFound";
  const missing = { a: isGone("a") ? goneText(asked.a) : null, b: isGone("b") ? goneText(asked.b) : null };
  const toChoose = SIDES.find((side) => asked[side] === null || isGone(side));
  const title = SIDES.flatMap((side) => (graphs[side] ? middleCut(barePrompt(graphs[side]), 40) : [])).join(" | ");
  useEffect(() => {
    document.title = title ? `Compare: ${title} · Circuit Explorer` : "Compare · Circuit Explorer";
  }, [title]);

  const errors = SIDES.map((side) => found[side].error);
  const away = errors.find((error) => error && isPassing(error));
  return (
    <div className="page">
      <TopBar />
      <main className="compare" data-testid="compare">
        <h1 className={asked.a === null && asked.b === null ? undefined : "unseen"}>Compare two graphs</h1>
        {asked.a === null && asked.b === null && <p className="muted">What do two prompts share, and what differs: in their answers, their features and their circuits. Or the same prompt, pruned otherwise.</p>}
        {away && <Trouble error={away} title="The server does not answer" detail="It may have been stopped; this page keeps trying and goes on when it is back." />}
        {SIDES.map((side) => {
          const error = errors[side === "a" ? 0 : 1];
          if (!error || isPassing(error) || isGone(side)) return null;
          return <Trouble key={side} error={error} title={`Graph ${side.toUpperCase()} could not be read`} onRetry={found[side].again} />;
        })}
        {(asked.a !== null || asked.b !== null) && <Sides asked={asked} graphs={graphs} missing={missing} />}
        {toChoose !== undefined && (
          <section aria-label="Choose a graph" className="compare-choose">
            <p>
              {isGone(toChoose) ? (
                <>
                  <b>Graph {toChoose.toUpperCase()} is not here.</b> It was deleted, or belongs to another server. Choose another:
                </>
              ) : (
                <b>{asked.a === null && asked.b === null ? "Choose the first graph" : `Choose graph ${toChoose.toUpperCase()}, to compare with`}</b>
              )}
            </p>
            <Picker key={toChoose} asked={asked} side={toChoose} beside={graphs[other(toChoose)]} />
          </section>
        )}
        {toChoose === undefined && graphs.a && graphs.b && <Pair asked={asked} graphs={{ a: graphs.a, b: graphs.b }} />}
      </main>
    </div>
  );
}

const goneText = (id: string | null): string => `There is no graph ${(id ?? "").slice(0, 16)}`;
