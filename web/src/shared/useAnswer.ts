/** A question to the server and its last answer, asked again by itself until a server that went away is back. */
import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { asApiError, type ApiError } from "../api/client";

/** Milliseconds before a question is sent again: after the first failure, and at most. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 5000;

/** Milliseconds to wait after so many failures in a row, each twice as long as the one before. */
export const pauseAfter = (failures: number): number => Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));

/** Whether the same question may be answered later: the server, or its database, is away. */
export const isPassing = (error: ApiError): boolean => error.unreachable || error.status === 503;

export interface Asked<Answer> {
  /** The last answer, which is an earlier question's until this one is answered; null: there was none yet. */
  answer: Answer | null;
  /** Whether the present question has had no reply yet. */
  loading: boolean;
  /** Why the last attempt at the present question failed, until another succeeds. */
  error: ApiError | null;
  /** Asks at once. */
  again: () => void;
}

interface Outcome<Answer> {
  /** The question that was replied to, with an answer or a failure. */
  key: string | null;
  answer: Answer | null;
  error: ApiError | null;
}

/** The outcome after a failure: an earlier answer stays, whatever the question is now. */
export const afterFailure = <Answer>(before: Outcome<Answer>, key: string, error: ApiError): Outcome<Answer> => ({
  ...before,
  key,
  error,
});

/**
 * Asks whenever `key` changes, unless it is null, and then `every` so many milliseconds, if at all. A hidden page does
 * not ask until it is shown.
 */
export function useAnswer<Answer>(
  key: string | null,
  ask: (signal: AbortSignal) => Promise<Answer>,
  every: number | null = null,
): Asked<Answer> {
  const [outcome, setOutcome] = useState<Outcome<Answer>>({ key: null, answer: null, error: null });
  const [round, setRound] = useState(0);
  const send = useEffectEvent(ask);

  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    let timer: number | null = null;
    let failures = 0;
    const later = (pause: number | null) => {
      if (pause === null || abort.signal.aborted) return;
      timer = window.setTimeout(() => {
        if (!document.hidden) void attempt();
      }, pause);
    };
    const attempt = async () => {
      if (timer !== null) window.clearTimeout(timer);
      timer = null;
      try {
        const answer = await send(abort.signal);
        if (abort.signal.aborted) return;
        failures = 0;
        setOutcome({ key, answer, error: null });
        later(every);
      } catch (reason) {
        if (abort.signal.aborted) return;
        const error = asApiError(reason);
        failures += 1;
        setOutcome((before) => afterFailure(before, key, error));
        later(isPassing(error) ? pauseAfter(failures) : every);
      }
    };
    const wake = () => {
      if (!document.hidden && timer !== null) void attempt();
    };
    void attempt();
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      abort.abort();
      if (timer !== null) window.clearTimeout(timer);
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [key, round, every]);

  const again = useCallback(() => {
    setOutcome((before) => ({ ...before, key: null }));
    setRound((before) => before + 1);
  }, []);
  const replied = outcome.key === key;
  return { answer: outcome.answer, loading: key !== null && !replied, error: replied ? outcome.error : null, again };
}
