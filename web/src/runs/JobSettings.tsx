/** What a job was asked for, and how long its phases took. */
import type { ReactNode } from "react";
import type { Job } from "../api/types";
import { counted, moment, seconds, setting } from "../shared/format";
import { againAddress, collectionAddress, follow } from "../shared/router";
import { KINDS } from "./address";
import { DOING } from "./jobs";
import "./JobSettings.css";

/** What took how long, by the names of a job's `timings`. */
const TIMED: Readonly<Record<string, string>> = { ...DOING, model: "Loading the model", keep: "Keeping the trace" };

const wordOf = (value: unknown): string => (value === null ? "none" : typeof value === "number" ? setting(value) : typeof value === "string" ? value : JSON.stringify(value));

function CollectionLink({ name }: { name: string }) {
  return (
    <a href={collectionAddress(name)} onClick={follow}>
      {name}
    </a>
  );
}

export function JobSettings({ job }: { job: Job }) {
  const { kind, parameters, transcoders, timings, collection } = job;
  const what = KINDS.find(({ value }) => value === kind)?.text.toLowerCase().replace(/s$/, "") ?? kind;
  const isMade = kind === "trace" || kind === "prune";
  const settings = isMade ? Object.entries(parameters).filter(([, value]) => value !== null) : [];
  const said: [string, ReactNode][] = [
    ["Model", job.model],
    ["Transcoders", transcoders],
    ...settings.map(([name, value]): [string, string] => [name.replaceAll("_", " "), wordOf(value)]),
    ...(collection ? [["Collection", <CollectionLink key={collection} name={collection} />] satisfies [string, ReactNode]] : []),
    ...Object.entries(timings ?? {}).map(([phase, took]): [string, string] => [TIMED[phase] ?? phase, seconds(took)]),
    ...(job.finished_at ? [["Ended", moment(job.finished_at)] satisfies [string, string]] : []),
  ];
  return (
    <details className="job-settings" data-testid="job-settings">
      <summary className="muted">
        {what}, queued {moment(job.created_at)}
      </summary>
      <dl>
        {said.map(([name, value]) => (
          <div key={name} className="job-settings-one">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {job.trace_id === null && kind === "trace" && (
        <a href={againAddress("job", job.id)} onClick={follow} data-testid="edit-again">
          Edit and run again
        </a>
      )}
      <p className="muted">
        Job <code>{job.id}</code>
        {job.traced && `, ${counted(job.traced.n_tokens, "token")}`}
      </p>
    </details>
  );
}
