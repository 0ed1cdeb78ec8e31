/** What was asked for is stored already: the way to it, and another trace. */
import { useEffect, useRef } from "react";
import type { Job } from "../api/types";
import { ago, counted } from "../shared/format";
import { follow, graphAddress } from "../shared/router";
import { useNow } from "../shared/hooks/useNow";

interface KnownProps {
  /** The jobs that made the graphs. */
  jobs: readonly Job[];
  /** How many prompts were asked for with them. */
  asked: number;
  /** Traces them again; null: they can only be opened. */
  onAgain: (() => void) | null;
}

export function Known({ jobs, asked, onAgain }: KnownProps) {
  const now = useNow();
  const link = useRef<HTMLAnchorElement>(null);
  const [only] = jobs;
  const isOne = jobs.length === 1 && asked === 1;
  useEffect(() => link.current?.focus(), []); // the prompt's button has done its work
  return (
    <div className="prompt-form-known" role="status" data-testid="known">
      <p>
        <b>Known already. </b>
        {isOne && only ? `This prompt was traced ${ago(only.finished_at ?? only.created_at, now)}, with these settings.` : `${counted(jobs.length, "graph")} of ${counted(asked, "prompt")} ${jobs.length === 1 ? "was" : "were"} stored before.`}
      </p>
      {isOne && only?.graph_id && (
        <a ref={link} href={graphAddress(only.graph_id)} onClick={follow}>
          Open the graph
        </a>
      )}
      {onAgain && (
        <button type="button" onClick={onAgain}>
          Trace it again
        </button>
      )}
    </div>
  );
}
