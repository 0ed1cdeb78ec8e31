/** How many jobs wait or run, for the bar over every page. */
import { useState } from "react";
import { getJobs } from "../../api/client";
import { useAnswer } from "../useAnswer";

/** More are not counted. */
export const MOST_COUNTED = 100;
/** Milliseconds between two looks, while some are there and otherwise. */
const BUSY = 3000;
const IDLE = 10_000;

/** 0 until the server has said. */
export function useUnfinished(): number {
  const [every, setEvery] = useState(IDLE);
  const { answer } = useAnswer(
    "unfinished",
    async (signal) => {
      const { jobs } = await getJobs({ state: ["queued", "running"], limit: MOST_COUNTED }, signal);
      setEvery(jobs.length > 0 ? BUSY : IDLE);
      return jobs.length;
    },
    every,
  );
  return answer ?? 0;
}
