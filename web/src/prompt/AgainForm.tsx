/** The prompt's form, empty, or as the job or the graph had it that the address names. */
import { getGraph, getJob } from "../api/client";
import type { Job, ModelsAnswer } from "../api/types";
import { navigate, useSearch } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { useAnswer } from "../shared/useAnswer";
import { againFrom, againOf, askedOfGraph, askedOfJob, takenOver } from "./again";
import { EMPTY } from "./draft";
import { PromptForm } from "./PromptForm";

interface AgainFormProps {
  models: ModelsAnswer | null;
  onSubmitted: (job: Job) => void;
  onQueued: (jobs: readonly Job[]) => void;
}

export function AgainForm({ models, onSubmitted, onQueued }: AgainFormProps) {
  const asked = againOf(useSearch());
  const key = asked && JSON.stringify(asked);
  const found = useAnswer(key, async (signal) => {
    if (asked?.of === "job") return { key, asked: askedOfJob(await getJob(asked.id, signal)) };
    return { key, asked: askedOfGraph(await getGraph(asked?.id ?? "", "own", signal)) };
  });
  const again = models && key !== null && found.answer?.key === key ? againFrom(found.answer.asked, models) : null;
  return (
    <div>
      {found.error && key !== null && <Trouble error={found.error} title="The prompt to edit could not be read" onRetry={found.again} />}
      <PromptForm key={again ? key : ""} models={models} first={again?.draft ?? EMPTY} onSubmitted={onSubmitted} onQueued={onQueued} />
      {again && (
        <p className="muted" role="status" data-testid="again">
          A prompt of {asked?.of === "job" ? "an earlier job" : "a stored graph"}
          {takenOver(again)}, to be edited and traced again. {again.left.join(" ")}{" "}
          <button type="button" onClick={() => navigate("/")}>
            Begin with an empty form
          </button>
        </p>
      )}
    </div>
  );
}
