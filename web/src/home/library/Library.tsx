/** The library: prompts in models, searched and filtered, and below each that is open its graphs. */
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { asApiError, getCollections, getGraphsOfPrompt, getModelsOfGraphs, type ApiError } from "../../api/client";
import type { CollectionRecord, KeptGraph, ListedPrompt } from "../../api/types";
import { useDeletion, type Deleted } from "../../shared/deletion/deletion";
import { counted } from "../../shared/format";
import { usePainted } from "../../shared/hooks/usePainted";
import { useSettled } from "../../shared/hooks/useSettled";
import { useKeptScroll } from "../../shared/keep/scroll";
import { WindowList } from "../../shared/list/WindowList";
import { navigate, replaceAddress, useSearch } from "../../shared/router";
import { Trouble } from "../../shared/Trouble";
import { useAnswer } from "../../shared/useAnswer";
import { addressOf, askedOf, isFiltered, PAGE } from "./asked";
import { Chosen } from "./Chosen";
import { Describe } from "./Describe";
import { Filters } from "./Filters";
import { GraphRow } from "./GraphRow";
import { placeOf, rowCount, type Open } from "./places";
import { PromptRow } from "./PromptRow";
import { useLibrary } from "./useLibrary";
import { Skeleton } from "../../shared/list/Skeleton";
import "./Library.css";

/** Pixels. */
const ROW = 48;
/** Milliseconds. */
const TYPING = 200;
const SCROLLING = 80;

interface LibraryProps {
  /** Milliseconds between two looks at the server. */
  every: number;
  /** With another number it looks at once. */
  stamp: number;
  /** Whether prompts are being traced. */
  isBusy: boolean;
  actions: ReactNode;
  /** Whether the first rows are here. */
  onListed: (isListed: boolean) => void;
  onError: (error: ApiError) => void;
}

/** What tells a prompt in a model from others. */
const keyOf = ({ model, prompt }: Pick<ListedPrompt, "model" | "prompt">): string => JSON.stringify([model, prompt]);

export function Library({ every, stamp, isBusy, actions, onListed, onError }: LibraryProps) {
  const asked = askedOf(useSearch());
  const [typed, setTyped] = useState(asked.search);
  const [of, setOf] = useState(asked.search);
  if (of !== asked.search) {
    // Somebody went Back, or followed a link.
    setOf(asked.search);
    setTyped(asked.search);
  }
  const settled = useSettled(typed, TYPING);
  const here = addressOf(asked);
  const wanted = addressOf({ ...asked, search: settled });
  useEffect(() => {
    if (settled === typed && wanted !== here) replaceAddress(wanted);
  }, [settled, typed, wanted, here]);

  const { deleted, done } = useDeletion();
  const [sight, setSight] = useState({ first: 0, last: 0 });
  /** The newest graph of each prompt that is open, by what tells the prompts apart. */
  const [open, setOpen] = useState<ReadonlyMap<string, string>>(new Map());
  const [chosen, setChosen] = useState<ReadonlyMap<string, Deleted>>(new Map());
  const [described, setDescribed] = useState<KeptGraph["graph"] | null>(null);
  const [changes, setChanges] = useState(0);
  const changed = () => setChanges((before) => before + 1);
  const version = stamp + done + changes;

  const below = useAnswer(
    open.size > 0 ? JSON.stringify([[...open], version]) : null,
    async (signal) => new Map(await Promise.all([...open].map(async ([key, id]) => [key, await graphsOf(id, signal)] as const))),
    every,
  );
  const graphsBelow = (key: string): readonly KeptGraph[] => (open.has(key) ? (below.answer?.get(key) ?? []) : []);
  const nBelow = [...open.keys()].reduce((sum, key) => sum + graphsBelow(key).length, 0);
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  const pages = useSettled(JSON.stringify(pagesOf(sight.first - nBelow, sight.last)), SCROLLING);
  const { listed, isOld, prompt, error } = useLibrary(asked, JSON.parse(pages) as number[], every, version);
  const isListed = listed !== null;
  const isPainted = usePainted(isListed);
  // These wait: asked at the same time, they would keep the database, and the processor, from the first rows.
  const collections = useAnswer(isPainted ? `collections ${version}` : null, getCollections, every);
  const models = useAnswer(isPainted ? `models ${version}` : null, getModelsOfGraphs);
  const named = collections.answer?.collections ?? [];
  useKeptScroll(isListed);
  useEffect(() => {
    onListed(isPainted);
  }, [isPainted, onListed]);

  const places: Open[] = [...(listed?.pages ?? [])]
    .flatMap(([page, prompts]) => prompts.map((each, at): Open => ({ at: page * PAGE + at, n: graphsBelow(keyOf(each)).length })))
    .filter(({ n }) => n > 0)
    .sort((a, b) => a.at - b.at);
  const ask = (change: Partial<typeof asked>) => navigate(addressOf({ ...asked, search: typed, ...change }));
  const choose = (graph: Deleted) =>
    setChosen((before) => {
      const next = new Map(before);
      if (!next.delete(graph.id)) next.set(graph.id, graph);
      return next;
    });
  const toggle = (each: ListedPrompt) => {
    const key = keyOf(each);
    setOpen((before) => {
      const next = new Map(before);
      if (!next.delete(key)) next.set(key, each.newest.id);
      return next;
    });
  };

  const row = (at: number) => {
    const place = placeOf(at, places);
    const each = prompt(place.prompt);
    if (!each) return <div className="library-waiting" aria-hidden="true" />;
    const key = keyOf(each);
    if (place.below === null) {
      return (
        <PromptRow
          prompt={each}
          isOpen={open.has(key)}
          isChosen={chosen.has(each.newest.id)}
          onOpen={() => toggle(each)}
          onChoose={() => choose(each.newest)}
        />
      );
    }
    const graph = graphsBelow(key)[place.below];
    if (!graph) return null;
    return <GraphRow kept={graph} isChosen={chosen.has(graph.graph.id)} onChoose={() => choose(graph.graph)} onDescribe={() => setDescribed(graph.graph)} />;
  };

  const isEmpty = listed !== null && listed.nPrompts === 0 && !isOld;
  return (
    <section className="library" aria-labelledby="graphs-title">
      <div className="library-head">
        <h2 id="graphs-title" tabIndex={-1}>
          Library
        </h2>
        {listed && listed.nGraphs > 0 && (
          <span className="muted" data-testid="library-counts">
            {counted(listed.nPrompts, "prompt")}, {counted(listed.nGraphs, "graph")}
          </span>
        )}
        {actions}
      </div>
      {error?.unreachable && (
        <Trouble error={error} title="The server does not answer" detail="It may have been stopped; this page keeps trying and goes on when it is back." />
      )}
      {error && !error.unreachable && <Trouble error={error} title="The graphs could not be listed" />}
      {listed && (listed.nPrompts > 0 || isFiltered(asked) || typed !== "") && (
        <Filters asked={asked} typed={typed} models={models.answer?.models ?? []} collections={named} onType={setTyped} onAsk={ask} />
      )}
      {listed === null && !error && (
        <Skeleton label="The graphs are being listed" />
      )}
      {isEmpty && isFiltered(asked) && <NoneFound collection={asked.collection} collections={named} />}
      {isEmpty && !isFiltered(asked) && <NoGraphs isBusy={isBusy} />}
      {listed && listed.nPrompts > 0 && (
        <WindowList n={rowCount(listed.nPrompts, places)} rowHeight={ROW} row={row} label="Prompts" onSight={onSight} isBusy={isOld} />
      )}
      <Chosen
        graphs={[...chosen.values()].filter(({ id }) => !deleted.has(id))}
        collections={named}
        onClear={() => setChosen(new Map())}
        onCollected={changed}
        onError={onError}
      />
      {described && <Describe key={described.id} graph={described} onSaved={changed} onClose={() => setDescribed(null)} />}
    </section>
  );
}

/** The pages of the prompts from `first` to `last`. */
function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / PAGE);
  return Array.from({ length: Math.floor(Math.max(0, last) / PAGE) - from + 1 }, (_, at) => from + at);
}

/** None where the graph is gone meanwhile. */
async function graphsOf(id: string, signal: AbortSignal): Promise<readonly KeptGraph[]> {
  try {
    return (await getGraphsOfPrompt(id, signal)).graphs;
  } catch (reason) {
    if (asApiError(reason).error === "GraphNotFound") return [];
    throw reason;
  }
}

function NoneFound({ collection, collections }: { collection: string; collections: readonly CollectionRecord[] }) {
  const isThere = collections.some(({ name }) => name === collection);
  const why = collection === "" ? "No graphs are like that." : isThere ? `No such graphs are in the collection “${collection}”.` : `There is no collection “${collection}”.`;
  return (
    <div className="library-empty" data-testid="none-found">
      <p>
        <b>{why}</b>
      </p>
      <button type="button" onClick={() => navigate("/")}>
        Show all graphs
      </button>
    </div>
  );
}

function NoGraphs({ isBusy }: { isBusy: boolean }) {
  return (
    <div className="library-empty" data-testid="no-graphs">
      {isBusy ? (
        <>
          <p>
            <b>The first prompts are being traced.</b>
          </p>
          <p className="muted">Each becomes a graph here as soon as it is stored; the first takes a little longer.</p>
        </>
      ) : (
        <>
          <p>
            <b>No graphs yet.</b>
          </p>
          <p className="muted">
            Type a prompt above to trace one, or drop a graph file (JSON, as Neuronpedia and circuit-tracer write it) anywhere
            on this page.
          </p>
        </>
      )}
    </div>
  );
}
