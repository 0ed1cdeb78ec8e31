/** A graph's stored tests: read, asked for, and deleted with a while to take that back. */
import { useCallback, useEffect, useRef, useState } from "react";
import { asApiError, deleteIntervention, getInterventions, getVerifications, type ApiError } from "../../api/client";
import type { Intervention, Job, Verification } from "../../api/types";
import { useAnswer } from "../../shared/useAnswer";
import { useRun, type Run } from "../../shared/jobs/useRun";

/** Milliseconds in which a deletion can be taken back. */
const UNDO = 8000;

export interface Tests {
  /** Newest first; null while they are not known. */
  interventions: readonly Intervention[] | null;
  /** Newest first, one for each grouping; empty while they are not known. */
  verifications: readonly Verification[];
  /** Why the server cannot test this graph; null: it can, or has not said so yet. */
  whyNot: string | null;
  /** Why the tests could not be read, or one not deleted. */
  error: ApiError | null;
  /** Tests that are being deleted. */
  leaving: ReadonlySet<string>;
  remove: (id: string) => void;
  keep: (id: string) => void;
  intervention: Run;
  verification: Run;
  /** Whether the list is as it was asked for last. */
  isRead: boolean;
  readAgain: () => void;
}

interface TestsHear {
  /** An intervention was run from here. */
  onMeasured: (id: string) => void;
  /** One was deleted from here, and is gone. */
  onDeleted: (id: string) => void;
}

export function useTests(graph: string, { onMeasured, onDeleted }: TestsHear): Tests {
  const [round, setRound] = useState(0);
  const readAgain = useCallback(() => setRound((before) => before + 1), []);
  const stored = useAnswer(`${graph} ${round}`, (signal) => Promise.all([getInterventions(graph, signal), getVerifications(graph, signal)]));

  const onIntervened = useCallback(
    ({ intervention_id: id }: Job) => {
      readAgain();
      if (id) onMeasured(id);
    },
    [readAgain, onMeasured],
  );
  const intervention = useRun(onIntervened);
  const verification = useRun(readAgain);

  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = useState<ApiError | null>(null);
  const timers = useRef(new Map<string, number>());
  const forget = useCallback((id: string) => setLeaving((before) => new Set([...before].filter((each) => each !== id))), []);

  const keep = useCallback(
    (id: string) => {
      window.clearTimeout(timers.current.get(id));
      timers.current.delete(id);
      forget(id);
    },
    [forget],
  );
  const remove = useCallback(
    (id: string) => {
      setFailed(null);
      setLeaving((before) => new Set([...before, id]));
      const go = () => {
        timers.current.delete(id);
        deleteIntervention(id)
          .then(
            () => {
              onDeleted(id);
              readAgain();
            },
            (reason: unknown) => setFailed(asApiError(reason)),
          )
          .finally(() => forget(id));
      };
      timers.current.set(id, window.setTimeout(go, UNDO));
    },
    [readAgain, onDeleted, forget],
  );
  // Whoever leaves the page does not take a deletion back.
  useEffect(() => {
    const waiting = timers.current;
    const deleteNow = () => {
      for (const [id, timer] of waiting) {
        window.clearTimeout(timer);
        void deleteIntervention(id).catch(() => undefined);
      }
      waiting.clear();
    };
    window.addEventListener("pagehide", deleteNow);
    return () => {
      window.removeEventListener("pagehide", deleteNow);
      deleteNow();
    };
  }, []);

  const [interventions, verifications] = stored.answer ?? [null, null];
  return {
    interventions: interventions?.interventions ?? null,
    verifications: verifications?.verifications ?? [],
    whyNot: verifications?.why_not_tested ?? null,
    error: failed ?? stored.error,
    leaving,
    remove,
    keep,
    intervention,
    verification,
    isRead: !stored.loading && stored.error === null,
    readAgain,
  };
}
