/** Has the server find out what a graph's features are, again and again while that leads on. */
import { useCallback, useEffect, useRef, useState } from "react";
import { annotateGraph, asApiError, type ApiError } from "../../api/client";
import type { AnnotationReport } from "../../api/types";
import { goesOn, SECONDS } from "./annotation";

export interface Annotation {
  isRunning: boolean;
  /** The last report; null: there was none since the page was opened. */
  report: AnnotationReport | null;
  error: ApiError | null;
  start: () => void;
}

/** `onReport` is called after every part, whose explanations are then stored. */
export function useAnnotation(id: string, onReport: () => void): Annotation {
  const [state, setState] = useState<Omit<Annotation, "start">>({ isRunning: false, report: null, error: null });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const start = useCallback(() => {
    if (running.current) return;
    const abort = new AbortController();
    running.current = abort;
    const run = async () => {
      let before: AnnotationReport | null = null;
      for (let isRunning = true; isRunning; ) {
        const report = await annotateGraph(id, SECONDS, abort.signal);
        isRunning = goesOn(before, report);
        before = report;
        setState({ isRunning, report, error: null });
        onReport();
      }
    };
    setState({ isRunning: true, report: null, error: null });
    run()
      .catch((reason: unknown) => {
        if (!abort.signal.aborted) setState((state) => ({ ...state, isRunning: false, error: asApiError(reason) }));
      })
      .finally(() => {
        running.current = null;
      });
  }, [id, onReport]);

  return { ...state, start };
}
