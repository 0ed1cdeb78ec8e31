/**
 * api/: the only room that speaks to the server. Each call answers with a typed record or throws `ApiError`.
 *
 *     client.ts -> types.ts -> schema.gen.ts (from api/openapi.json);  client.ts -> lock.ts (the server wants its token), jobs.ts
 */
import { isFinished } from "./jobs";
import { setLocked } from "./lock";
import type {
  AnnotationReport,
  DonorsAnswer,
  CellQuestion,
  ChangedCollection,
  CircuitAnswer,
  CircuitQuestion,
  CollectionRecord,
  CollectionsAnswer,
  CompareAnswer,
  CompareQuestion,
  ComponentsAnswer,
  CostAnswer,
  CypherRequest,
  CypherRows,
  CypherSchema,
  DrawnAnswer,
  DrawnQuestion,
  EdgesAnswer,
  FeatureLabel,
  FeatureGraphsAnswer,
  FeatureRecord,
  FeatureSort,
  FlowAnswer,
  FlowMeasure,
  FlowQuestion,
  Found,
  GraphAnswer,
  GraphsAnswer,
  Health,
  HeadAnswer,
  HeadEdgesAnswer,
  HeadLinksAnswer,
  HeadRecord,
  ImportAnswer,
  InformationFlowAnswer,
  InternalsAnswer,
  InternalsParameters,
  GraphRecord,
  LibraryAnswer,
  LibraryQuestion,
  PromptAnswer,
  Description,
  ImportQuery,
  Intervention,
  InterventionQuestion,
  InterventionsAnswer,
  Job,
  JobKind,
  JobRequest,
  JobState,
  JobsAnswer,
  LabelRule,
  LayerAnswer,
  LinkAnswer,
  ModelsAnswer,
  ModelsOfGraphsAnswer,
  NamedQueryRequest,
  NodesAnswer,
  PathsAnswer,
  PathsQuestion,
  PatternKind,
  PredictionAnswer,
  Prompt,
  QueriesAnswer,
  SavedQueriesAnswer,
  SavedQuery,
  ScorePairsFound,
  ScoresAnswer,
  SessionRequest,
  SharedAnswer,
  Thresholds,
  TokensAnswer,
  VerificationsAnswer,
  VerifyQuestion,
  ViewAnswer,
  ViewsAnswer,
  WrittenView,
} from "./types";

/** A failure in the server's own words; status 0 where the server did not answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly error: string,
    readonly detail: string,
  ) {
    super(detail);
    this.name = "ApiError";
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

/** Any failure as an `ApiError`, so that a panel has one kind to show. */
export function asApiError(reason: unknown): ApiError {
  if (reason instanceof ApiError) return reason;
  return new ApiError(-1, "PageError", reason instanceof Error ? reason.message : String(reason));
}

function isProblem(body: unknown): body is { error: string; detail: string } {
  return typeof body === "object" && body !== null && "error" in body && "detail" in body;
}

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api${path}`, init);
  } catch (reason) {
    if (reason instanceof DOMException && reason.name === "AbortError") throw reason;
    throw new ApiError(0, "Unreachable", "The server does not answer.");
  }
  if (response.ok) return response;
  if (response.status === 401) setLocked(true);
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) throw new ApiError(response.status, body.error, body.detail);
  // A proxy in front of a stopped server answers in its place, without the API's envelope.
  if (response.status >= 502 && response.status <= 504) {
    throw new ApiError(0, "Unreachable", "The server does not answer.");
  }
  throw new ApiError(response.status, "HTTPError", `The server answered ${response.status} ${response.statusText}.`);
}

async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await call(path, signal ? { signal } : {});
  return (await response.json()) as Answer;
}

async function send<Answer>(method: "POST" | "PUT" | "PATCH", path: string, body: BodyInit | null, signal?: AbortSignal): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const response = await call(path, { method, headers, body, ...(signal ? { signal } : {}) });
  return (await response.json()) as Answer;
}

const post = <Answer>(path: string, body: BodyInit): Promise<Answer> => send("POST", path, body);

const graphPath = (id: string): string => `/graphs/${encodeURIComponent(id)}`;

/** Jobs that are listed at most. */
export const NEWEST_JOBS = 50;

export const getHealth = (): Promise<Health> => get("/health");
export const getModels = (): Promise<ModelsAnswer> => get("/models");
/** The tokens that a model will read of a prompt. */
export const splitPrompt = (model: string, prompt: Prompt, signal?: AbortSignal): Promise<TokensAnswer> =>
  send("POST", `/models/${encodeURIComponent(model)}/tokens`, JSON.stringify(prompt), signal);
/** Which jobs are listed: of all states and kinds unless some are named. */
export interface JobsQuestion {
  state?: JobState[];
  kind?: JobKind | null;
  limit?: number;
  offset?: number;
}

/** The newest jobs. */
export const getJobs = ({ state = [], kind = null, limit = NEWEST_JOBS, offset = 0 }: JobsQuestion, signal?: AbortSignal): Promise<JobsAnswer> =>
  get(`/jobs${search({ limit, offset, state, kind })}`, signal);
export const getJob = (id: string, signal?: AbortSignal): Promise<Job> => get(`/jobs/${encodeURIComponent(id)}`, signal);
export const getGraph = (id: string, labels: LabelRule, signal?: AbortSignal): Promise<GraphAnswer> =>
  get(`${graphPath(id)}${search({ labels })}`, signal);
/** `view`: the View whose supernodes are answered; null: the one that counts unless named. */
export const getNodes = (id: string, labels: LabelRule, view: string | null, signal?: AbortSignal): Promise<NodesAnswer> =>
  get(`${graphPath(id)}/nodes${search({ labels, view })}`, signal);
export const getEdges = (id: string, signal?: AbortSignal): Promise<EdgesAnswer> =>
  get(`${graphPath(id)}/edges`, signal);

export const getCollections = (signal?: AbortSignal): Promise<CollectionsAnswer> => get("/collections", signal);

const collectionPath = (name: string): string => `/collections/${encodeURIComponent(name)}`;

export const getCollection = (name: string, signal?: AbortSignal): Promise<CollectionRecord> => get(collectionPath(name), signal);
/** Calls a collection otherwise, with all that is in it. */
export const renameCollection = (name: string, to: string): Promise<CollectionRecord> => send("PUT", collectionPath(name), JSON.stringify({ name: to }));
/** Puts graphs into a collection, which is made where it is new, and takes others out. */
export const changeCollection = (name: string, change: Partial<ChangedCollection>): Promise<CollectionRecord> =>
  post(`${collectionPath(name)}/graphs`, JSON.stringify(change));
/** What the graphs of a collection share. */
export const getShared = (name: string, signal?: AbortSignal): Promise<SharedAnswer> => get(`${collectionPath(name)}/shared`, signal);
/** Its graphs stay. */
export async function deleteCollection(name: string): Promise<void> {
  await call(collectionPath(name), { method: "DELETE" });
}

/** A page of the graphs of a collection, the newest first. `after`: the `next` of the page before; null: the first. */
export const getCollectionGraphs = (collection: string, after: string | null, limit: number, signal?: AbortSignal): Promise<GraphsAnswer> =>
  get(`/graphs${search({ collection, after, limit })}`, signal);

const promptsPath = (question: LibraryQuestion): string => `/prompts${search(question)}`;

/** What `sendPrompts` sent. */
let sent: { path: string; answer: Promise<LibraryAnswer> } | null = null;

/** Sends a question before there is anything to show its answer: the first `getPrompts`, if it is of the same, gets that. */
export function sendPrompts(question: LibraryQuestion): void {
  const path = promptsPath(question);
  const one = { path, answer: get<LibraryAnswer>(path) };
  sent = one;
  one.answer.catch(() => {
    if (sent === one) sent = null; // nobody asked for it yet: it is sent again then
  });
}

/** A page of the prompts of stored graphs. */
export function getPrompts(question: LibraryQuestion, signal?: AbortSignal): Promise<LibraryAnswer> {
  const path = promptsPath(question);
  const before = sent;
  sent = null; // later its answer would be an old one
  return before?.path === path ? before.answer : get(path, signal);
}
/** The models of all stored graphs. */
export const getModelsOfGraphs = (signal?: AbortSignal): Promise<ModelsOfGraphsAnswer> => get("/prompts/models", signal);
/** All graphs of a graph's prompt in its model, and what hangs on them. */
export const getGraphsOfPrompt = (id: string, signal?: AbortSignal): Promise<PromptAnswer> => get(`${graphPath(id)}/prompt`, signal);
/** Renames a graph, or writes notes about it. */
export const describeGraph = (id: string, said: Description): Promise<GraphRecord> => send("PATCH", graphPath(id), JSON.stringify(said));

/** Parameters as a query string: a list as often as it has items, null not at all. */
function search(parameters: Record<string, string | number | boolean | string[] | null>): string {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of [value ?? []].flat()) all.append(name, String(each));
  }
  return `?${all.toString()}`;
}

export const getPaths = (id: string, question: PathsQuestion, signal?: AbortSignal): Promise<PathsAnswer> =>
  get(`${graphPath(id)}/paths${search(question)}`, signal);

/** The address of a file of what the paths of a question run through, for a link. */
export const pathsFile = (id: string, question: PathsQuestion, format: "graph-json" | "csv"): string =>
  `/api${graphPath(id)}/export${search({ ...question, format, part: "paths" })}`;

/** The named queries in the running engine's dialect. */
export const getQueries = (signal?: AbortSignal): Promise<QueriesAnswer> => get("/queries", signal);

/** What Cypher can ask for, in which dialect, within which limits. */
export const getCypherSchema = (signal?: AbortSignal): Promise<CypherSchema> => get("/cypher/schema", signal);

/** The rows of a reading query of somebody's own. The server ends it where the request is given up. */
export const askCypher = (asked: Partial<CypherRequest> & Pick<CypherRequest, "query">, signal?: AbortSignal): Promise<CypherRows> =>
  send("POST", "/cypher", JSON.stringify(asked), signal);
/** The rows of a named query, ended likewise. */
export const askNamed = (name: string, asked: Partial<NamedQueryRequest>, signal?: AbortSignal): Promise<CypherRows> =>
  send("POST", `/queries/${encodeURIComponent(name)}`, JSON.stringify(asked), signal);

const savedPath = (name: string): string => `/saved-queries/${encodeURIComponent(name)}`;

/** The queries that people saved, without their texts. */
export const getSavedQueries = (signal?: AbortSignal): Promise<SavedQueriesAnswer> => get("/saved-queries", signal);
export const getSavedQuery = (name: string, signal?: AbortSignal): Promise<SavedQuery> => get(savedPath(name), signal);
/** Saves a query, in place of one of this name. */
export const putSavedQuery = (name: string, { cypher, notes }: Pick<SavedQuery, "cypher" | "notes">): Promise<SavedQuery> =>
  send("PUT", savedPath(name), JSON.stringify({ cypher, notes }));
export const renameSavedQuery = (name: string, to: string): Promise<SavedQuery> => send("PUT", savedPath(name), JSON.stringify({ name: to }));
export async function deleteSavedQuery(name: string): Promise<void> {
  await call(savedPath(name), { method: "DELETE" });
}

/** The rows of a named query, each a record by its columns. */
async function runQuery<Row>(name: string, parameters: Record<string, string | number>, signal?: AbortSignal): Promise<Row[]> {
  const { columns, rows } = await askNamed(name, { parameters }, signal);
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])) as Row);
}

/** A graph in which features of another fire. */
export interface NearestGraph {
  graph: string;
  name: string;
  prompt: string;
  /** Features that have a node in both. */
  n_shared: number;
}

/** The `k` other graphs that share most features with a graph, those with most first. */
export const getNearestGraphs = (id: string, k: number, signal?: AbortSignal): Promise<NearestGraph[]> =>
  runQuery("nearest-graphs", { graph: id, k }, signal);

/** Rows of a named query that the server answers at most. */
const MOST_ROWS = 10_000;

/** The ids of a graph's nodes whose features fire in the graph `other`, the most influential first. */
export async function getNodesSharedWith(id: string, other: string, signal?: AbortSignal): Promise<string[]> {
  const rows = await runQuery<{ node: string }>("nodes-shared-with", { graph: id, other, k: MOST_ROWS }, signal);
  return rows.map(({ node }) => node);
}

/** The flow through every node of the graph. */
export const getFlow = (id: string, question: FlowQuestion, signal?: AbortSignal): Promise<FlowAnswer> =>
  get(`${graphPath(id)}/flow${search(question)}`, signal);

/** The few groups that explain most of a target. */
export const getCircuit = (id: string, question: CircuitQuestion, signal?: AbortSignal): Promise<CircuitAnswer> =>
  get(`${graphPath(id)}/circuit${search(question)}`, signal);

/** What graphs share, and what only one of them has. */
export const compareGraphs = (question: CompareQuestion, signal?: AbortSignal): Promise<CompareAnswer> => get(`/compare${search({ ...question })}`, signal);

/** What a drawn circuit explains, its links and its scores. */
export const scoreCircuit = (id: string, circuit: DrawnQuestion, signal?: AbortSignal): Promise<DrawnAnswer> =>
  send("POST", `${graphPath(id)}/circuit`, JSON.stringify(circuit), signal);

/** What a graph's features are, found out for so many `seconds`; what is left another call finds out. */
export const annotateGraph = (id: string, seconds: number, signal?: AbortSignal): Promise<AnnotationReport> =>
  send("POST", `${graphPath(id)}/annotate${search({ seconds })}`, null, signal);

/** A feature by what names it in every graph. */
export interface FeatureName {
  model: string;
  transcoder_set: string;
  layer: number;
  index: number;
  /** Null: of the MLP. */
  site: string | null;
}

function featurePath(of: "features" | "labels", feature: FeatureName, parameters: Parameters<typeof search>[0] = {}, part = ""): string {
  const { model, transcoder_set: set, layer, index, site } = feature;
  return `/${of}/${[model, set, layer, index].map(encodeURIComponent).join("/")}${part}${search({ site, ...parameters })}`;
}

export const getFeature = (feature: FeatureName, signal?: AbortSignal): Promise<FeatureRecord> => get(featurePath("features", feature), signal);

/** Graphs in which a feature fires, in an order. `after`: the `next` of the page before; null: the first page. */
export const getFeatureGraphs = (feature: FeatureName, sort: FeatureSort, limit: number, after: string | null, signal?: AbortSignal): Promise<FeatureGraphsAnswer> =>
  get(featurePath("features", feature, { sort, limit, after }, "/graphs"), signal);

/** What is stored that has all words of a text, at most `limit` of each kind. */
export const findAll = (q: string, limit: number, signal?: AbortSignal): Promise<Found> => get(`/search${search({ q, limit })}`, signal);

/** Labels a feature in every graph, in place of what the same author called it. */
export const labelFeature = (feature: FeatureName, label: FeatureLabel): Promise<FeatureRecord> =>
  send("PUT", featurePath("labels", feature), JSON.stringify(label));

export async function removeLabel(feature: FeatureName, author: string): Promise<void> {
  await call(featurePath("labels", feature, { author }), { method: "DELETE" });
}

/** What the stored graph predicts of changes to its features, and why they cannot be tested in the model, if so. */
export const predict = (id: string, question: InterventionQuestion, signal?: AbortSignal): Promise<PredictionAnswer> =>
  send("POST", `${graphPath(id)}/predict`, JSON.stringify(question), signal);

export const getInterventions = (id: string, signal?: AbortSignal): Promise<InterventionsAnswer> =>
  get(`${graphPath(id)}/interventions`, signal);
export const getIntervention = (id: string, signal?: AbortSignal): Promise<Intervention> =>
  get(`/interventions/${encodeURIComponent(id)}`, signal);
export const getVerifications = (id: string, signal?: AbortSignal): Promise<VerificationsAnswer> =>
  get(`${graphPath(id)}/verifications`, signal);
export const getDonors = (id: string, signal?: AbortSignal): Promise<DonorsAnswer> => get(`${graphPath(id)}/donors`, signal);

/** Changes features in the model: a job, which names the stored result. */
export const intervene = (id: string, question: InterventionQuestion): Promise<Job> =>
  post(`${graphPath(id)}/interventions`, JSON.stringify(question));

/** Tests the best groups and links of a graph in the model: a job. */
export const verify = (id: string, question: Partial<VerifyQuestion>): Promise<Job> =>
  post(`${graphPath(id)}/verify`, JSON.stringify(question));

/** Also while the page goes away. */
export async function deleteIntervention(id: string): Promise<void> {
  await call(`/interventions/${encodeURIComponent(id)}`, { method: "DELETE", keepalive: true });
}

const internalsPath = (id: string): string => `${graphPath(id)}/internals`;

/** The internals of the graph's prompt; 404 InternalsNotComputed where nobody has computed them. */
export const getInternals = (id: string, signal?: AbortSignal): Promise<InternalsAnswer> => get(internalsPath(id), signal);
export const getInternalsCost = (id: string, signal?: AbortSignal): Promise<CostAnswer> => get(`${internalsPath(id)}/cost`, signal);

/** Computes them: a job. They take the place of those that were computed before. */
export const computeInternals = (id: string, parameters: InternalsParameters): Promise<Job> =>
  post(internalsPath(id), JSON.stringify(parameters));

/** Deletes them, their file too. */
export async function deleteInternals(id: string): Promise<void> {
  await call(internalsPath(id), { method: "DELETE" });
}

/** One head's pattern; with `query`, what that position sees of its keys. */
export const getHead = (id: string, layer: number, head: number, kind: PatternKind, query: number | null, withoutFirst: boolean, signal?: AbortSignal): Promise<HeadAnswer> =>
  get(`${internalsPath(id)}/heads/${layer}/${head}${search({ kind, query, without_first: withoutFirst })}`, signal);
export const getHeadLinks = (id: string, layer: number, head: number, limit: number, signal?: AbortSignal): Promise<HeadLinksAnswer> =>
  get(`${internalsPath(id)}/heads/${layer}/${head}/links${search({ limit })}`, signal);
export const getLayer = (id: string, layer: number, kind: PatternKind, withoutFirst: boolean, signal?: AbortSignal): Promise<LayerAnswer> =>
  get(`${internalsPath(id)}/layers/${layer}${search({ kind, without_first: withoutFirst })}`, signal);
/** A head of a model on the prompts of all graphs whose internals were computed, the largest |attribution| first. */
export const getHeadRecord = (model: string, layer: number, head: number, signal?: AbortSignal): Promise<HeadRecord> =>
  get(`/heads/${encodeURIComponent(model)}/${layer}/${head}`, signal);
export const getComponents = (id: string, signal?: AbortSignal): Promise<ComponentsAnswer> => get(`${internalsPath(id)}/components`, signal);
/** `layer`: of that layer alone; null: of all. */
export const getInformationFlow = (id: string, measure: FlowMeasure, layer: number | null, signal?: AbortSignal): Promise<InformationFlowAnswer> =>
  get(`${internalsPath(id)}/flow${search({ measure, layer })}`, signal);
export const getHeadEdges = (id: string, limit: number, signal?: AbortSignal): Promise<HeadEdgesAnswer> =>
  get(`${internalsPath(id)}/head-edges${search({ limit })}`, signal);

/** Which heads carried a link between two nodes, by their ids. */
export const getLinkHeads = (id: string, source: string, target: string, signal?: AbortSignal): Promise<LinkAnswer> =>
  get(`${internalsPath(id)}/link${search({ source, target })}`, signal);
/** Asks for every path of the link: a job, after which `getLinkHeads` has them. */
export const askLink = (id: string, source: string, target: string): Promise<Job> =>
  post(`${internalsPath(id)}/link`, JSON.stringify({ source, target }));

/** Why a head looks from a query to a key; 404 InternalsNotComputed where that was not asked. */
export const getCell = (id: string, cell: CellQuestion, signal?: AbortSignal): Promise<ScorePairsFound> =>
  get(`${internalsPath(id)}/cell${search({ ...cell })}`, signal);
/** Asks it: a job, after which `getCell` has the answer. */
export const askCell = (id: string, cell: CellQuestion): Promise<Job> => post(`${internalsPath(id)}/cell`, JSON.stringify(cell));

/** The address of token and head attribution as notebooks read them, for a link. */
export const internalsFile = (id: string): string => `/api${internalsPath(id)}/export`;

const viewPath = (id: string, name: string): string => `${graphPath(id)}/views/${encodeURIComponent(name)}`;

export const getViews = (id: string, signal?: AbortSignal): Promise<ViewsAnswer> => get(`${graphPath(id)}/views`, signal);
export const getView = (id: string, name: string, signal?: AbortSignal): Promise<ViewAnswer> => get(viewPath(id, name), signal);

/** Makes a View, or writes over the revision of it that was read; 409 where somebody else has written it meanwhile. */
export const putView = (id: string, name: string, view: WrittenView): Promise<ViewAnswer> =>
  send("PUT", viewPath(id, name), JSON.stringify(view));

export async function deleteView(id: string, name: string, revision: number): Promise<void> {
  await call(`${viewPath(id, name)}${search({ revision })}`, { method: "DELETE" });
}

let scores: Promise<ScoresAnswer> | null = null;

/** The scores that can rank paths, the default first. They are the same for every graph, so they are fetched once. */
export function getScores(): Promise<ScoresAnswer> {
  scores ??= get<ScoresAnswer>("/scores").catch((reason: unknown) => {
    scores = null;
    throw reason;
  });
  return scores;
}

export const submitJob = (request: JobRequest): Promise<Job> => post("/jobs", JSON.stringify(request));
/** Queues all of the prompts or none, a job each; those that are the same are one. */
export const submitJobs = (requests: readonly JobRequest[]): Promise<JobsAnswer> => post("/jobs/batch", JSON.stringify({ jobs: requests }));

const jobPath = (id: string): string => `/jobs/${encodeURIComponent(id)}`;

/** Ends a job that waits or runs. What it had stored stays. */
export const cancelJob = (id: string): Promise<Job> => send("POST", `${jobPath(id)}/cancel`, null);
/** Queues what a job that failed or was cancelled was asked for again: another job. */
export const retryJob = (id: string): Promise<Job> => send("POST", `${jobPath(id)}/retry`, null);

/** Store a graph file as it is; the server parses and checks it. */
export function importGraph(file: File): Promise<ImportAnswer> {
  const query: ImportQuery = { name: file.name.replace(/\.json(\.gz)?$/i, "") };
  return post(`/graphs/import${search(query)}`, file);
}

/** Prunes the kept trace of a graph again: a job, which names the other graph. The same thresholds make the same graph. */
export const pruneGraph = (id: string, thresholds: Thresholds): Promise<Job> => post(`${graphPath(id)}/prune`, JSON.stringify(thresholds));

/** Also while the page goes away. */
export async function deleteGraph(id: string): Promise<void> {
  await call(graphPath(id), { method: "DELETE", keepalive: true });
}

/** Send the server its token. It answers with a cookie, which the browser sends from then on. */
export async function openSession(token: string): Promise<void> {
  const request: SessionRequest = { token };
  const headers = { "Content-Type": "application/json" };
  await call("/session", { method: "POST", headers, body: JSON.stringify(request) });
  setLocked(false);
}

/**
 * Call `onJob` at each change of a job until it ends. Returns the function that stops following.
 * At the last event the stream is closed here: the browser would reconnect after the server ends it.
 */
export function followJob(id: string, onJob: (job: Job) => void): () => void {
  const stream = new EventSource(`/api${jobPath(id)}/events`);
  stream.addEventListener("job", (event: MessageEvent<string>) => {
    const job = JSON.parse(event.data) as Job;
    onJob(job);
    if (isFinished(job)) stream.close();
  });
  return () => stream.close();
}
