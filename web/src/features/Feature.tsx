/**
 * features/: one feature in all stored graphs.
 *
 *     Feature -> ../feature/ (what it is);  Feature -> FiringList -> useFiring.ts;  FiringList -> FiringRow -> fired.ts
 */
import { useEffect, useMemo, useState } from "react";
import type { FeatureName } from "../api/client";
import type { FeatureRecord } from "../api/types";
import { useAnnotation } from "../feature/annotation/useAnnotation";
import { FeatureFacts } from "../feature/FeatureFacts";
import { FeatureLabel } from "../feature/FeatureLabel";
import { useFeature } from "../feature/useFeature";
import { featureName } from "../shared/format";
import { isInferred } from "../shared/labels/origin";
import { follow, useSearch } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing, type Asked } from "../shared/useAnswer";
import { siteIn } from "./fired";
import { FiringList } from "./FiringList";
import { Skeleton } from "../shared/list/Skeleton";
import "./Feature.css";

export function Feature({ feature: place }: { feature: Omit<FeatureName, "site"> }) {
  const site = siteIn(useSearch());
  const feature = useMemo((): FeatureName => ({ ...place, site }), [place, site]);
  /** Of the feature's names and facts. */
  const [revision, setRevision] = useState(0);
  const asked = useFeature(feature, revision);
  const { answer: record, error, again } = asked;
  const name = featureName(feature.layer, feature.index, feature.site);
  const title = record?.label ?? name;
  useEffect(() => {
    document.title = `${title} · Circuit Explorer`;
  }, [title]);
  return (
    <div className="page">
      <TopBar />
      {error?.status === 404 && <Unknown feature={feature} name={name} />}
      {error?.status !== 404 && (
        <main className="feature">
          {error && !record && (
            <Trouble
              error={error}
              title="The feature could not be read"
              detail={isPassing(error) ? `${error.detail} This page keeps trying and goes on when it is back.` : error.detail}
              onRetry={again}
            />
          )}
          {!record && !error && <Skeleton label="The feature is being read" />}
          {record && (
            <>
              <Head feature={feature} record={record} name={name} onNamed={() => setRevision((before) => before + 1)} />
              <div className="feature-sides">
                <FiringList feature={feature} nGraphs={record.n_graphs} />
                <Facts asked={asked} record={record} onReport={() => setRevision((before) => before + 1)} />
              </div>
            </>
          )}
        </main>
      )}
    </div>
  );
}

interface HeadProps {
  feature: FeatureName;
  record: FeatureRecord;
  name: string;
  onNamed: () => void;
}

function Head({ feature, record, name, onNamed }: HeadProps) {
  const label = record.label ?? null;
  const origin = record.label_origin ?? null;
  return (
    <header className="feature-head">
      <h1 className={isInferred(origin?.source) ? "inferred" : ""} data-testid="feature-name">
        {label ?? name}
      </h1>
      <FeatureLabel feature={feature} label={label} origin={origin} record={record} onNamed={onNamed} isPage />
      <p className="detail-where">
        {label !== null && <b>{name}</b>}
        {label !== null && " · "}
        {feature.transcoder_set || "a set without a name"} · {feature.model}
      </p>
    </header>
  );
}

interface FactsProps {
  asked: Asked<FeatureRecord>;
  record: FeatureRecord;
  /** More is known of it. */
  onReport: () => void;
}

/** Its features are looked up with those of the newest graph that has it. */
function Facts({ asked, record, onReport }: FactsProps) {
  const newest = record.graphs[0]?.id ?? null;
  const annotation = useAnnotation(newest ?? "", onReport);
  return (
    <section className="feature-what detail" aria-label="What it is">
      <FeatureFacts asked={asked} annotation={newest === null ? null : annotation} findOut="Find out what it is" />
    </section>
  );
}

function Unknown({ feature, name }: { feature: FeatureName; name: string }) {
  return (
    <main className="notice" data-testid="feature-unknown">
      <h1>No graph here has the feature {name}</h1>
      <p>
        It would be one of the set {feature.transcoder_set} of {feature.model}; no stored graph has it, and nobody has said what it means. The
        graphs are in the{" "}
        <a href="/" onClick={follow}>
          library
        </a>
        .
      </p>
    </main>
  );
}
