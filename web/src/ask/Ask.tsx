/**
 * ask/: what the database can be asked: named queries as forms, Cypher of one's own, saved queries; and its rows.
 *
 *     Ask -> Side -> named/NamedList | kept/ (saved queries, what was asked before)
 *     Ask -> named/NamedForm -> Field -> pickers/;  editor/CypherForm -> CypherEditor -> completion.ts, place.ts, parameters.ts
 *     Ask -> results/ (a table, a graph, CSV) -> cells.ts | drawn.ts -> keys.ts
 *     asked.ts is the address, drafts.ts what is typed and not asked yet, request.ts what goes to the server
 */
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { getCypherSchema, getQueries, getSavedQueries, getSavedQuery, type ApiError } from "../api/client";
import type { QueryColumn } from "../api/types";
import { useReadOnly } from "../shared/hooks/useReadOnly";
import { useKeptScroll } from "../shared/keep/scroll";
import { navigate, useSearch } from "../shared/router";
import { TopBar } from "../shared/TopBar";
import { Trouble } from "../shared/Trouble";
import { isPassing, useAnswer } from "../shared/useAnswer";
import { addressOf, askedIn, bareSearch, isAddress, shapedAddress, shapeIn, type Asked, type Values } from "./asked";
import { CypherForm } from "./editor/CypherForm";
import { keptFor, namesIn, textOf, valuesFor } from "./editor/parameters";
import { SchemaList } from "./editor/SchemaList";
import { storedEntries, storeEntries, titleOf, valuesText, withEntry, type Entry } from "./kept/history";
import { SaveDialog } from "./kept/SaveDialog";
import { parametersOf, valuesGiven } from "./named/form";
import { NamedForm } from "./named/NamedForm";
import { queryNamed, requestOf, useRun, type Answered } from "./request";
import { Results } from "./results/Results";
import { Side } from "./Side";
import { useDraft } from "./useDraft";
import { Skeleton } from "../shared/list/Skeleton";
import "./Ask.css";

export function Ask() {
  const whole = useSearch();
  const search = bareSearch(whole);
  const shape = shapeIn(whole);
  /** A question that is too long for an address. */
  const [long, setLong] = useState<{ search: string; asked: Asked } | null>(null);
  const asked = useMemo(() => (long?.search === search ? long.asked : askedIn(search)), [long, search]);
  const { draft, change, settle } = useDraft(search, asked);

  const queries = useAnswer("queries", getQueries);
  const schema = useAnswer("schema", getCypherSchema);
  const listed = useAnswer("saved queries", async (signal) => (await getSavedQueries(signal)).queries);
  const name = asked.kind === "saved" ? asked.name : null;
  const opened = useAnswer(name === null ? null : `saved query ${name}`, (signal) => getSavedQuery(name ?? "", signal));
  const saved = opened.answer?.name === name ? opened.answer : null;
  const isReadOnly = useReadOnly();

  const query = asked.kind === "named" ? queryNamed(queries.answer, asked.name) : null;
  const text = draft.cypher ?? saved?.cypher ?? "";
  const request = useMemo(() => requestOf(asked, queries.answer, saved?.cypher ?? null), [asked, queries.answer, saved]);
  const run = useRun(request, search);
  const [entries, setEntries] = useState(storedEntries);
  const [isSaving, setSaving] = useState(false);
  /** Whether a value of a $name was missing when it was to run. */
  const [isStrict, setStrict] = useState(false);
  useKeptScroll(queries.answer !== null);

  const title = query?.title ?? (asked.kind === "saved" ? asked.name : null);
  useEffect(() => {
    document.title = `${title ?? "Ask"} · Circuit Explorer`;
  }, [title]);

  const note = useEffectEvent((of: string, rows: number | null) => {
    const noted = askedIn(of);
    if (noted.kind === "nothing") return;
    const named = noted.kind === "named" ? (queryNamed(queries.answer, noted.name)?.title ?? null) : null;
    const entry: Entry = { search: of, title: titleOf(noted, named), values: valuesText(noted), at: new Date().toISOString(), rows };
    const next = withEntry(entries, entry);
    storeEntries(next);
    setEntries(next);
  });
  const { answer, last, error } = run;
  useEffect(() => {
    if (last) note(last.search, last.rows.rows.length);
  }, [last]);
  useEffect(() => {
    if (error && !isPassing(error)) note(search, null);
  }, [error, search]);

  const ask = (next: Asked) => {
    settle();
    const address = addressOf(next, shape);
    if (!isAddress(address)) setLong({ search, asked: next });
    else if (address === window.location.pathname + whole) run.again();
    else navigate(address);
  };
  const runCypher = () => {
    const isMissing = valuesFor(text, draft.values) === null;
    setStrict(isMissing);
    if (isMissing || text.trim() === "") return;
    const said = { values: keptFor(text, draft.values), bounds: draft.bounds };
    ask(asked.kind === "saved" && saved?.cypher === text ? { kind: "saved", name: asked.name, ...said } : { kind: "cypher", cypher: text, ...said });
  };
  const showCypher = () => {
    if (!query) return;
    const names = new Set(namesIn(query.cypher));
    const given = parametersOf(query, draft.values) ?? {};
    const values: Values = Object.fromEntries(Object.entries(given).flatMap(([parameter, value]) => (names.has(parameter) ? [[parameter, [textOf(value)]]] : [])));
    navigate(addressOf({ kind: "cypher", cypher: query.cypher, values, bounds: draft.bounds }));
  };
  const missing = namesIn(text).filter((each) => !draft.values[each]?.[0]);
  const isTyped = request?.kind !== "cypher" || request.body.query === text;
  const fault = error?.error === "InvalidQuery" && isTyped ? error.detail : null;

  return (
    <div className="page">
      <TopBar />
      <div className="ask">
        <Side
          asked={asked}
          values={draft.values}
          search={search}
          queries={queries.answer}
          error={queries.error}
          onRetry={queries.again}
          saved={listed}
          entries={entries}
          isReadOnly={isReadOnly}
          onClear={() => {
            storeEntries([]);
            setEntries([]);
          }}
          onChanged={(was, now) => {
            if (was !== name) return;
            if (now !== null) navigate(addressOf({ kind: "saved", name: now, values: draft.values, bounds: draft.bounds }));
            else navigate(addressOf({ kind: "cypher", cypher: text, values: keptFor(text, draft.values), bounds: draft.bounds }));
          }}
        />
        <main className="ask-main">
          {asked.kind === "named" && queries.answer && !query && (
            <div className="notice">
              <h1>There is no question of this name</h1>
              <p>“{asked.name}” is none of the named queries of this server. The list has those that are.</p>
            </div>
          )}
          {asked.kind === "named" && query && (
            <NamedForm
              key={query.name}
              query={query}
              values={draft.values}
              isRunning={run.isRunning}
              onChange={(values) => change({ values })}
              onAsk={() => ask({ kind: "named", name: query.name, values: valuesGiven(query, draft.values), bounds: draft.bounds })}
              onCypher={showCypher}
            />
          )}
          {asked.kind === "named" && !queries.answer && !queries.error && <Skeleton label="The question is on its way" />}
          {opened.error && !isPassing(opened.error) && <Trouble error={opened.error} title="The saved query could not be opened" onRetry={opened.again} />}
          {asked.kind !== "named" && (
            <CypherForm
              title={<h1 className="ask-title">{name ?? "Cypher"}</h1>}
              text={text}
              values={draft.values}
              bounds={draft.bounds}
              schema={schema.answer}
              isRunning={run.isRunning}
              fault={fault}
              onText={(cypher) => {
                if (cypher !== text) change({ cypher });
              }}
              onValues={(values) => change({ values })}
              onBounds={(bounds) => change({ bounds })}
              onRun={runCypher}
              onCancel={run.cancel}
              actions={
                !isReadOnly &&
                schema.answer && (
                  <button type="button" data-testid="save" disabled={text.trim() === ""} onClick={() => setSaving(true)}>
                    Save…
                  </button>
                )
              }
            />
          )}
          {asked.kind !== "named" && isStrict && missing.length > 0 && (
            <p role="alert" className="ask-missing">
              It needs a value for {missing.map((each) => `$${each}`).join(", ")}.
            </p>
          )}
          {asked.kind !== "named" && saved?.notes && <p className="ask-notes">{saved.notes}</p>}
          {asked.kind === "nothing" && <p className="muted">The questions of the list are ready to be asked. Anything else is asked in Cypher, which completes as you type; Ctrl Enter runs it.</p>}
          {asked.kind !== "named" && schema.answer && <SchemaList schema={schema.answer} isOpen={asked.kind === "nothing"} />}
          <div role="status" className="ask-news">
            {run.isRunning && asked.kind === "named" && (
              <>
                <span className="muted">Asking…</span>
                <button type="button" data-testid="cancel-query" onClick={run.cancel}>
                  Cancel
                </button>
              </>
            )}
            {run.isRunning && asked.kind !== "named" && <span className="muted">Running…</span>}
            {run.isCancelled && (
              <>
                <span data-testid="cancelled">Cancelled.</span>
                <button type="button" onClick={run.again}>
                  Ask again
                </button>
              </>
            )}
            {long?.search === search && <span className="muted">The query is too long for an address: saved, it has one.</span>}
          </div>
          {error && (isPassing(error) ? <Trouble error={error} title="No answer yet" detail={`${error.detail} This page asks again by itself, and keeps what is typed.`} /> : <Trouble error={error} title="It could not be answered" {...(isOwn(error) ? {} : { onRetry: run.again })} />)}
          {answer && (
            <Results
              answer={answer.rows}
              described={describedBy(answer, queries.answer)}
              name={answer.request.kind === "named" ? answer.request.name : (name ?? "rows")}
              shape={shape}
              isOld={run.isRunning}
              onShape={(next) => navigate(shapedAddress(whole, next))}
            />
          )}
        </main>
      </div>
      {isSaving && schema.answer && (
        <SaveDialog
          cypher={text}
          before={saved}
          known={listed.answer ?? []}
          onSaved={(called) => {
            listed.again();
            settle();
            if (called === name) opened.again();
            else navigate(addressOf({ kind: "saved", name: called, values: keptFor(text, draft.values), bounds: draft.bounds }));
          }}
          onClose={() => setSaving(false)}
        />
      )}
    </div>
  );
}

/** Whether the question itself is at fault, so that asking it again helps nobody. */
const isOwn = ({ error }: ApiError): boolean => ["InvalidQuery", "InvalidRequest", "QueryRefused", "QueryUnstoppable"].includes(error);

/** What the columns of an answer are, where its query says it. */
function describedBy({ request }: Answered, queries: Parameters<typeof queryNamed>[0]): readonly QueryColumn[] {
  return (request.kind === "named" ? queryNamed(queries, request.name)?.columns : null) ?? UNDESCRIBED;
}

const UNDESCRIBED: readonly QueryColumn[] = [];
