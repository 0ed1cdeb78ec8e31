/** Calls of the HTTP API. Each answers with the typed record or throws `ApiError`. */
import { setLocked } from "./lock";
import type {
  EdgesAnswer,
  FlowAnswer,
  GraphRecord,
  GraphsAnswer,
  GroupBy,
  Job,
  JobsAnswer,
  ModelsAnswer,
  NodesAnswer,
  PathsAnswer,
  ScoreName,
  ScoresAnswer,
} from "./types";

/** What went wrong, in the server's own words; status 0 where it did not answer at all. */
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

/** Any failure as an `ApiError`, so that a panel has one thing to show. */
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
  // A proxy in front of a stopped server answers for it, without our envelope.
  if (response.status >= 502 && response.status <= 504) {
    throw new ApiError(0, "Unreachable", "The server does not answer.");
  }
  throw new ApiError(response.status, "HTTPError", `The server answered ${response.status} ${response.statusText}.`);
}

async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await call(path, signal ? { signal } : {});
  return (await response.json()) as Answer;
}

async function post<Answer>(path: string, body: BodyInit): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const response = await call(path, { method: "POST", headers, body });
  return (await response.json()) as Answer;
}

const graphPath = (id: string): string => `/graphs/${encodeURIComponent(id)}`;

export const getModels = (): Promise<ModelsAnswer> => get("/models");
export const getGraphs = (): Promise<GraphsAnswer> => get("/graphs");
export const getJobs = (): Promise<JobsAnswer> => get("/jobs");
export const getGraph = (id: string, signal?: AbortSignal): Promise<GraphRecord> => get(graphPath(id), signal);
export const getNodes = (id: string, signal?: AbortSignal): Promise<NodesAnswer> =>
  get(`${graphPath(id)}/nodes`, signal);
export const getEdges = (id: string, signal?: AbortSignal): Promise<EdgesAnswer> =>
  get(`${graphPath(id)}/edges`, signal);

export interface FlowQuery {
  /** A logit node's id; null: the most probable one. */
  target: string | null;
  /** Ids of nodes that are on no path. */
  avoid: readonly string[];
}

export interface PathsQuery extends FlowQuery {
  k: number;
  score: ScoreName;
  groupBy: GroupBy;
  /** Ids of nodes that are all on every path. */
  through: readonly string[];
}

function between({ target, avoid }: FlowQuery, parameters: Record<string, string> = {}): URLSearchParams {
  const all = new URLSearchParams(parameters);
  if (target !== null) all.set("target", target);
  for (const node of avoid) all.append("avoid", node);
  return all;
}

export function getPaths(id: string, query: PathsQuery, signal?: AbortSignal): Promise<PathsAnswer> {
  const parameters = between(query, {
    k: String(query.k),
    score: query.score,
    group_by: query.groupBy,
    best_members: "3",
  });
  for (const node of query.through) parameters.append("through", node);
  return get(`${graphPath(id)}/paths?${parameters.toString()}`, signal);
}

/** What flows through every node of the graph. */
export const getFlow = (id: string, query: FlowQuery, signal?: AbortSignal): Promise<FlowAnswer> =>
  get(`${graphPath(id)}/flow?${between(query).toString()}`, signal);

let scores: Promise<ScoresAnswer> | null = null;

/** What paths can be ranked by. It is the same for every graph, so it is fetched once, and again only after a failure. */
export function getScores(): Promise<ScoresAnswer> {
  scores ??= get<ScoresAnswer>("/scores").catch((reason: unknown) => {
    scores = null;
    throw reason;
  });
  return scores;
}

export const submitJob = (prompt: string, model: string | null, transcoders: string | null): Promise<Job> =>
  post("/jobs", JSON.stringify({ prompt, model, transcoders }));

/** Store a graph file as it is; the server parses and judges it. */
export const importGraph = (file: File): Promise<GraphRecord> =>
  post(`/graphs/import?name=${encodeURIComponent(file.name.replace(/\.json$/i, ""))}`, file);

export async function deleteGraph(id: string): Promise<void> {
  await call(graphPath(id), { method: "DELETE" });
}

/** Tell the server its token: it answers with a cookie, which the browser sends from then on. */
export async function openSession(token: string): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await call("/session", { method: "POST", headers, body: JSON.stringify({ token }) });
  setLocked(false);
}

/**
 * Follow a job: `onJob` at each change, the last when it ends. Returns the function that stops following.
 * The stream is the server's to end, so it is closed here at the last event rather than reconnected.
 */
export function followJob(id: string, onJob: (job: Job) => void): () => void {
  const stream = new EventSource(`/api/jobs/${encodeURIComponent(id)}/events`);
  stream.addEventListener("job", (event: MessageEvent<string>) => {
    const job = JSON.parse(event.data) as Job;
    onJob(job);
    if (job.state === "done" || job.state === "failed") stream.close();
  });
  return () => stream.close();
}
