/** Puts stored graphs into a collection: they are searched for by words of their prompts, names and notes. */
import { useState } from "react";
import { asApiError, changeCollection, getGraphsOfPrompt, type ApiError } from "../api/client";
import type { ListedPrompt } from "../api/types";
import { count, counted } from "../shared/format";
import { useFoundPrompts } from "../shared/graphs/useFoundPrompts";
import { Prediction } from "../shared/Prediction";
import { Trouble } from "../shared/Trouble";
import { isPassing } from "../shared/useAnswer";
import "./AddGraphs.css";

/** Prompts that are listed at once. */
const MOST = 12;

interface AddGraphsProps {
  collection: string;
  onAdded: () => void;
}

export function AddGraphs({ collection, onAdded }: AddGraphsProps) {
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const { answer, error, again, sought } = useFoundPrompts(isOpen ? typed : null, MOST);
  const [busy, setBusy] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const [news, setNews] = useState("");

  const add = async ({ newest }: ListedPrompt, all: boolean) => {
    setBusy(newest.id);
    setTrouble(null);
    try {
      const { graphs } = await getGraphsOfPrompt(newest.id);
      const meant = graphs.filter(({ graph }) => all || graph.id === newest.id);
      const fresh = meant.filter(({ collections }) => !collections.includes(collection));
      await changeCollection(collection, { add: meant.map(({ graph }) => graph.id) });
      setNews(fresh.length === 0 ? `${meant.length === 1 ? "It is" : "They are"} in the collection already.` : `${counted(fresh.length, "graph")} added.`);
      onAdded();
    } catch (reason) {
      setTrouble(asApiError(reason));
    } finally {
      setBusy(null);
    }
  };
  return (
    <details className="add-graphs" open={isOpen} data-testid="add-graphs" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Add graphs</summary>
      {isOpen && (
        <div className="add-graphs-panel">
          <input
            type="search"
            className="text-field"
            value={typed}
            placeholder="Words of a prompt, a prediction, a name or notes"
            aria-label="Search for stored graphs"
            autoComplete="off"
            data-testid="add-search"
            onChange={({ target }) => setTyped(target.value)}
          />
          {error && <Trouble error={error} title="It could not be searched" {...(isPassing(error) && { detail: `${error.detail} The page keeps trying.` })} onRetry={again} />}
          {trouble && <Trouble error={trouble} title="They could not be added" onDismiss={() => setTrouble(null)} />}
          <p className="muted" role="status" data-testid="add-news">
            {news}
          </p>
          {answer && (
            <ul aria-label="Stored graphs" data-testid="add-found">
              {answer.prompts.map((prompt) => (
                <li key={prompt.newest.id} className="add-graphs-row">
                  <Prediction record={prompt.newest} />
                  <span className="add-graphs-act">
                    {prompt.n_graphs > 1 && (
                      <button type="button" disabled={busy !== null} onClick={() => void add(prompt, true)}>
                        Add all {count(prompt.n_graphs)}
                      </button>
                    )}
                    <button
                      type="button"
                      disabled={busy !== null}
                      title={prompt.n_graphs > 1 ? "The newest of its graphs" : undefined}
                      aria-label={`Add ${prompt.n_graphs > 1 ? "the newest graph of " : ""}“${prompt.prompt}”`}
                      onClick={() => void add(prompt, false)}
                    >
                      {busy === prompt.newest.id ? "Adding…" : "Add"}
                    </button>
                  </span>
                </li>
              ))}
            </ul>
          )}
          {answer?.prompts.length === 0 && <p className="muted">{sought === "" ? "No graph is stored." : "No stored graph has all of these words."}</p>}
          {answer && answer.n_prompts > answer.prompts.length && <p className="muted">The newest {count(answer.prompts.length)} of {counted(answer.n_prompts, "prompt")}.</p>}
        </div>
      )}
    </details>
  );
}
