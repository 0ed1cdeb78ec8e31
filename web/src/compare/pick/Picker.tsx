/** A stored graph for one side: the nearest to the other side's, if there is one, and any by its prompt. */
import { useId, useState } from "react";
import { getGraphsOfPrompt, getNearestGraphs } from "../../api/client";
import type { GraphRecord, LibraryAnswer } from "../../api/types";
import { ago, count, counted, moment } from "../../shared/format";
import { GraphLinkText } from "../../shared/graphs/GraphLink";
import { besidePrompts, type NamedGraph } from "../../shared/graphs/title";
import { useFoundPrompts } from "../../shared/graphs/useFoundPrompts";
import { Prediction } from "../../shared/Prediction";
import { follow } from "../../shared/router";
import { Trouble } from "../../shared/Trouble";
import { isPassing, useAnswer } from "../../shared/useAnswer";
import { useNow } from "../../shared/hooks/useNow";
import { addressOf, withGraph, type Asked, type Side } from "../asked";
import { Skeleton } from "../../shared/list/Skeleton";
import "./Picker.css";

interface PickerProps {
  asked: Asked;
  side: Side;
  /** The graph on the other side; null: it is not chosen, or not there. */
  beside: NamedGraph | null;
}

/** Prompts that are listed at most; more are found by what is typed. */
const MOST = 20;
const NEAREST = 8;

export function Picker({ asked, side, beside }: PickerProps) {
  const addressWith = (id: string) => addressOf(withGraph(asked, side, id));
  return (
    <div className="picker" data-testid={`picker-${side}`}>
      {beside !== null && <Nearest beside={beside} addressWith={addressWith} />}
      <Search title={beside === null ? "Any graph" : "Or any other"} addressWith={addressWith} beside={beside} />
    </div>
  );
}

interface ListProps {
  beside: NamedGraph | null;
  addressWith: (id: string) => string;
}

function Nearest({ beside, addressWith }: ListProps & { beside: NamedGraph }) {
  const { answer, error, again } = useAnswer(`nearest ${beside.id}`, (signal) => getNearestGraphs(beside.id, NEAREST, signal));
  const graphs = answer?.map(({ graph, ...one }) => ({ id: graph, ...one })) ?? null;
  const besides = besidePrompts([beside, ...(graphs ?? [])]);
  return (
    <section aria-label="Nearest graphs">
      <h2>Nearest, by the features that fire in both</h2>
      {error && !isPassing(error) && <Trouble error={error} title="The nearest graphs could not be found" onRetry={again} />}
      {graphs === null && !error && <Skeleton label="The nearest graphs are being found" />}
      {graphs?.length === 0 && <p className="muted">No other stored graph has a feature of this one: their models or transcoders differ, or there is none.</p>}
      <ul data-testid="nearest">
        {graphs?.map((graph) => (
          <li key={graph.id}>
            <a className="picker-row" href={addressWith(graph.id)} onClick={follow} data-graph-id={graph.id}>
              <span className="picker-what">
                <GraphLinkText graph={graph} beside={besides.get(graph.id)} />
              </span>
              <span className="picker-figure figure">{counted(graph.n_shared, "feature")} shared</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Search({ title, beside, addressWith }: ListProps & { title: string }) {
  const [typed, setTyped] = useState("");
  const heading = useId();
  const { answer, loading, error, again, sought } = useFoundPrompts(typed, MOST);
  return (
    <section aria-labelledby={heading}>
      <h2 id={heading}>{title}</h2>
      <div className="entry">
        <input type="search" aria-label="Search prompts, predictions, names and notes" placeholder="Words of the prompt" value={typed} onChange={({ target }) => setTyped(target.value)} data-testid="picker-search" />
      </div>
      {error && !isPassing(error) && <Trouble error={error} title="The graphs could not be searched" onRetry={again} />}
      {answer === null && !error && <Skeleton label="The graphs are being listed" />}
      {answer && <Found answer={answer} sought={sought} busy={loading} beside={beside} addressWith={addressWith} />}
    </section>
  );
}

function Found({ answer, sought, busy, beside, addressWith }: ListProps & { answer: LibraryAnswer; sought: string; busy: boolean }) {
  const { prompts, n_prompts: found } = answer;
  if (found === 0) return <p className="muted">{sought === "" ? "No graph is stored yet: the Library traces prompts and imports files." : "No stored graph has these words."}</p>;
  return (
    <>
      <ul aria-busy={busy} data-testid="picker-found">
        {prompts.map((prompt) => (
          <li key={`${prompt.model} ${prompt.prompt}`}>
            <Choice record={prompt.newest} beside={beside} addressWith={addressWith} isNamed={false} />
            {prompt.n_graphs > 1 && <Others newest={prompt.newest.id} n={prompt.n_graphs} beside={beside} addressWith={addressWith} />}
          </li>
        ))}
      </ul>
      {found > prompts.length && (
        <p className="muted">
          {count(prompts.length)} of {counted(found, "prompt")}: words above find others.
        </p>
      )}
    </>
  );
}

/** All graphs of a prompt, once they are asked for. */
function Others({ newest, n, beside, addressWith }: ListProps & { newest: string; n: number }) {
  const [isOpen, setOpen] = useState(false);
  const { answer, error, again } = useAnswer(isOpen ? `graphs of ${newest}` : null, (signal) => getGraphsOfPrompt(newest, signal));
  return (
    <>
      <button type="button" className="picker-others chip" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {counted(n, "graph")} of this prompt
      </button>
      {isOpen && error && !isPassing(error) && <Trouble error={error} onRetry={again} />}
      {isOpen && (
        <ul className="picker-members">
          {answer?.graphs.map(({ graph }) => (
            <li key={graph.id}>
              <Choice record={graph} beside={beside} addressWith={addressWith} isNamed />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** `isNamed`: told from others of its prompt, by its name. */
function Choice({ record, beside, addressWith, isNamed }: ListProps & { record: Omit<GraphRecord, "metadata">; isNamed: boolean }) {
  const now = useNow();
  const isBeside = record.id === beside?.id;
  return (
    <a className="picker-row" href={addressWith(record.id)} onClick={follow} data-graph-id={record.id}>
      <span className="picker-what">{isNamed ? <span className="ellipsis">{record.name || record.id}</span> : <Prediction record={record} />}</span>
      <span className="picker-figure figure">
        {isBeside ? "the same graph · " : ""}
        {isNamed ? `${counted(record.n_feature_nodes, "feature node")} · ` : `${record.model} · `}
        <time dateTime={record.created_at} title={moment(record.created_at)}>
          {ago(record.created_at, now)}
        </time>
      </span>
    </a>
  );
}
