/** What the graphs of a collection share: sequences of groups, or features, with in how many they are and their mean share. */
import { getShared } from "../api/client";
import type { CollectionRecord, SharedAnswer } from "../api/types";
import { count, percent } from "../shared/format";
import { collectionAddress, follow, featureAddress, navigate, useSearch } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { askedIn, LISTS, searchOf, type Asked, type CommonList } from "./address";
import { CommonRow, type Part } from "./CommonRow";
import { featurePlace, sequencePlace } from "./places";
import { cutText, featureId, featureKey, readText, sequenceKey, stepName, unrankedText } from "./words";
import "./InCommon.css";

const NAMES: Record<CommonList, string> = { sequences: "Group sequences", features: "Features" };
const NONE: Record<CommonList, string> = {
  sequences: "No sequence of groups is among the best of two of these graphs.",
  features: "No feature is in two of these graphs. Only graphs of the same model and transcoders share features.",
};

interface InCommonProps {
  record: CollectionRecord;
  /** How often the collection was changed here. */
  revision: number;
}

export function InCommon({ record: { name, n_graphs: nGraphs }, revision }: InCommonProps) {
  const asked = askedIn(useSearch());
  const { answer, error, loading, again } = useAnswer(nGraphs < 2 ? null : JSON.stringify([name, nGraphs, revision]), (signal) => getShared(name, signal));
  const go = (change: Partial<Asked>) => navigate(collectionAddress(name) + searchOf({ ...asked, ...change }));
  const shown = nGraphs < 2 ? null : answer;
  const n = shown && { sequences: shown.n_sequences, features: shown.n_features };
  return (
    <section className="in-common" aria-labelledby="common-title" aria-busy={loading && shown !== null} data-testid="in-common">
      <div className="in-common-head">
        <h2 id="common-title">What they share</h2>
        <div className="segmented" role="group" aria-label="What is listed">
          {LISTS.toReversed().map((list) => (
            <button key={list} type="button" aria-pressed={list === asked.list} data-testid={`list-${list}`} onClick={() => go({ list, open: null })}>
              {NAMES[list]}
              {n && ` ${count(n[list])}`}
            </button>
          ))}
        </div>
      </div>
      {error && <Trouble error={error} title="What they share could not be found" {...(isPassing(error) && { detail: `${error.detail} The page keeps trying.` })} onRetry={again} />}
      {nGraphs < 2 && <p className="muted">Two graphs are needed for something to be shared.</p>}
      {nGraphs >= 2 && shown === null && !error && (
        <p className="muted" role="status" data-testid="reading-shared">
          Reading the graphs, which takes up to half a minute for a few hundred…
        </p>
      )}
      {shown && (
        <>
          <p className="muted" data-testid="read-text">
            {readText(shown)} {asked.list === "sequences" && unrankedText(shown)}{" "}
            {asked.list === "sequences"
              ? "Each graph’s own token and prediction are left out of the names: what differs between prompts is told with each graph."
              : "A share is the feature’s part of all influence that starts at tokens and errors."}
          </p>
          <Listed shown={shown} asked={asked} onOpen={(open) => go({ open })} />
        </>
      )}
    </section>
  );
}

function Listed({ shown, asked: { list, open }, onOpen }: { shown: SharedAnswer; asked: Asked; onOpen: (open: string | null) => void }) {
  const { graphs } = shown;
  const rows = list === "features" ? featureRows(shown) : sequenceRows(shown);
  const cut = cutText(rows.length, list === "features" ? shown.n_features : shown.n_sequences);
  if (rows.length === 0) return <p data-testid="none-shared">{NONE[list]}</p>;
  return (
    <>
      <div className="in-common-heads muted" aria-hidden="true">
        <span>{NAMES[list]}</span>
        <span className="in-common-figures">
          <span>graphs</span>
          <span>mean share</span>
        </span>
      </div>
      <ul className="in-common-list" data-testid="shared-list">
        {rows.map(({ key, name, beside, support, mean, parts }) => (
          <CommonRow
            key={key}
            name={name}
            beside={beside}
            support={support}
            of={graphs.length}
            mean={percent(mean, 2)}
            parts={parts}
            isOpen={key === open}
            onOpen={() => onOpen(key === open ? null : key)}
          />
        ))}
      </ul>
      {cut && <p className="muted">{cut}</p>}
    </>
  );
}

function sequenceRows({ sequences, graphs }: SharedAnswer) {
  return sequences.map((one) => ({
    key: sequenceKey(one),
    name: one.steps.map(stepName).join(" → "),
    beside: null,
    support: one.support,
    mean: one.mean_share,
    parts: one.in_graphs.flatMap((part): Part[] => {
      const graph = graphs[part.graph];
      return graph ? [{ graph, share: part.share, address: sequencePlace(graph, part), sources: part.sources.map(({ token }) => token), more: part.n_sources - part.sources.length }] : [];
    }),
  }));
}

function featureRows({ features, graphs }: SharedAnswer) {
  return features.map((one) => ({
    key: featureKey(one),
    name: one.label ?? featureId(one),
    beside: (
      <a
        href={featureAddress({ model: one.model, transcoder_set: one.transcoder_set, layer: one.layer, index: one.index, site: one.site })}
        title="This feature in all stored graphs"
        onClick={follow}
      >
        {one.label === null ? "in all graphs" : featureId(one)}
      </a>
    ),
    support: one.support,
    mean: one.mean_share,
    parts: one.in_graphs.flatMap((part): Part[] => {
      const graph = graphs[part.graph];
      return graph ? [{ graph, share: part.share, address: featurePlace(graph, part), sources: null, more: 0 }] : [];
    }),
  }));
}
