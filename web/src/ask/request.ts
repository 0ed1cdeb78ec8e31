/** What is asked as a request to the server, and the rows that come back. */
import { useCallback, useMemo, useState } from "react";
import { askCypher, askNamed, type ApiError } from "../api/client";
import type { CypherRows, NamedQuery, QueriesAnswer } from "../api/types";
import { isPassing, useAnswer } from "../shared/useAnswer";
import type { Asked, Bounds } from "./asked";
import { valuesFor } from "./editor/parameters";
import { parametersOf } from "./named/form";

interface Limits {
  limit?: number;
  timeout?: number;
}

export type Request =
  | { kind: "named"; name: string; body: { parameters: Record<string, unknown> } & Limits }
  | { kind: "cypher"; body: { query: string; parameters: Record<string, unknown> } & Limits };

const limitsOf = ({ rows, seconds }: Bounds): Limits => ({
  ...(rows === "" ? {} : { limit: Number(rows) }),
  ...(seconds === "" ? {} : { timeout: Number(seconds) }),
});

export const queryNamed = (queries: QueriesAnswer | null, name: string): NamedQuery | null => queries?.queries.find((one) => one.name === name) ?? null;

/** `saved`: the text of the saved query that is asked; null: it is on its way. Null: something is missing yet. */
export function requestOf(asked: Asked, queries: QueriesAnswer | null, saved: string | null): Request | null {
  if (asked.kind === "nothing") return null;
  const limits = limitsOf(asked.bounds);
  if (asked.kind === "named") {
    const query = queryNamed(queries, asked.name);
    const parameters = query && parametersOf(query, asked.values);
    return parameters && { kind: "named", name: asked.name, body: { parameters, ...limits } };
  }
  const text = asked.kind === "cypher" ? asked.cypher : saved;
  const parameters = text === null || text.trim() === "" ? null : valuesFor(text, asked.values);
  return text === null || parameters === null ? null : { kind: "cypher", body: { query: text, parameters, ...limits } };
}

/** Questions with the same rows, but for the values. */
const questionOf = (request: Request): string => (request.kind === "named" ? request.name : "");

const send = (request: Request, signal: AbortSignal): Promise<CypherRows> =>
  request.kind === "named" ? askNamed(request.name, request.body, signal) : askCypher(request.body, signal);

export interface Answered {
  request: Request;
  rows: CypherRows;
  /** The query of the address that asked. */
  search: string;
}

export interface Run {
  /** The answer of the present question or, while it runs, an earlier one of its kind; null: there is none to show. */
  answer: Answered | null;
  /** The last answer, whatever is asked now. */
  last: Answered | null;
  isRunning: boolean;
  /** Whether somebody has cancelled the present question. */
  isCancelled: boolean;
  error: ApiError | null;
  again: () => void;
  cancel: () => void;
}

export function useRun(request: Request | null, search: string): Run {
  const json = request && JSON.stringify(request);
  const [stopped, setStopped] = useState<string | null>(null);
  const isCancelled = json !== null && json === stopped;
  const { answer, loading, error, again } = useAnswer<Answered>(isCancelled ? null : json, async (signal) => {
    if (request === null) throw new Error("Nothing is asked.");
    return { request, rows: await send(request, signal), search };
  });
  const anew = useCallback(() => {
    setStopped(null);
    again();
  }, [again]);
  const isRunning = json !== null && !isCancelled && (loading || (error !== null && isPassing(error)));
  // An answer to something else says nothing about what is asked now.
  const isItsOwn = useMemo(() => answer !== null && JSON.stringify(answer.request) === json, [answer, json]);
  const isOfItsKind = answer !== null && request !== null && questionOf(answer.request) === questionOf(request);
  return {
    answer: isItsOwn || (isRunning && isOfItsKind) ? answer : null,
    last: answer,
    isRunning,
    isCancelled,
    error: json === null || isCancelled ? null : error,
    again: anew,
    cancel: () => setStopped(json),
  };
}
