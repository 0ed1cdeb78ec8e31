/** Keeps what is deleted until it cannot be had back any more, and says so over every page, with the way back. */
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { ApiError, asApiError, deleteGraph } from "../../api/client";
import { barePrompt, counted, middleCut } from "../format";
import { DeletionContext, type Deleted } from "./deletion";
import "./DeletionProvider.css";

/** Milliseconds for which a deletion can be taken back. */
const UNDO = 10_000;
/** Characters of a prompt. */
const MOST = 60;

interface Failed {
  graphs: readonly Deleted[];
  error: ApiError;
}

export function DeletionProvider({ children }: { children: ReactNode }) {
  /** What can be had back, and the rest that the server is being told of. */
  const [waiting, setWaiting] = useState<readonly Deleted[]>([]);
  const [sent, setSent] = useState<readonly Deleted[]>([]);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [done, setDone] = useState(0);
  const due = useRef<readonly Deleted[]>([]);
  const timer = useRef<number | undefined>(undefined);

  /** Tells the server of what waits. */
  const send = useCallback(() => {
    window.clearTimeout(timer.current);
    const graphs = due.current;
    if (graphs.length === 0) return;
    due.current = [];
    setWaiting([]);
    setSent((before) => [...before, ...graphs]);
    void Promise.all(
      graphs.map(({ id }) =>
        deleteGraph(id).then(
          () => null,
          (reason: unknown) => asApiError(reason),
        ),
      ),
    ).then((errors) => {
      // One that is gone already is deleted.
      const kept = graphs.filter((_, at) => errors[at] && errors[at].error !== "GraphNotFound");
      const error = errors.find((each) => each !== null && each.error !== "GraphNotFound");
      setSent((before) => before.filter(({ id }) => !graphs.some((graph) => graph.id === id)));
      setFailed(error ? { graphs: kept, error } : null);
      setDone((before) => before + 1);
    });
  }, []);

  const remove = useCallback(
    (graphs: readonly Deleted[]) => {
      if (graphs.length === 0) return;
      send(); // one undo takes one deletion back
      due.current = graphs;
      setWaiting(graphs);
      setFailed(null);
      timer.current = window.setTimeout(send, UNDO);
    },
    [send],
  );
  const undo = useCallback(() => {
    window.clearTimeout(timer.current);
    due.current = [];
    setWaiting([]);
  }, []);

  useEffect(() => {
    window.addEventListener("pagehide", send);
    return () => window.removeEventListener("pagehide", send);
  }, [send]);

  const deletion = useMemo(
    () => ({ deleted: new Set([...waiting, ...sent].map(({ id }) => id)), done, remove, undo }),
    [waiting, sent, done, remove, undo],
  );
  return (
    <DeletionContext value={deletion}>
      {children}
      <div className="deletion-provider" role="status" data-testid="deletion-news">
        {waiting.length > 0 && (
          <p className="deletion-provider-line">
            <span>
              <b>Deleted</b> {nameOf(waiting)}
            </span>
            <button type="button" data-testid="undo-delete" onClick={undo}>
              Undo
            </button>
          </p>
        )}
        {failed && (
          <p className="deletion-provider-line is-failed">
            <span>
              <b>Not deleted:</b> {nameOf(failed.graphs)}. {failed.error.detail}
            </span>
            <button type="button" onClick={() => remove(failed.graphs)}>
              Try again
            </button>
            <button type="button" onClick={() => setFailed(null)}>
              Keep
            </button>
          </p>
        )}
      </div>
    </DeletionContext>
  );
}

function nameOf(graphs: readonly Deleted[]): string {
  const [only] = graphs;
  return graphs.length === 1 && only ? `“${middleCut(barePrompt(only), MOST) || only.name}”` : counted(graphs.length, "graph");
}
