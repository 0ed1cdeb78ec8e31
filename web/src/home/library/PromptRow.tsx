/** A prompt in a model: its prediction, how many graphs it has, the labels and the faithfulness of the best of them. */
import type { ListedPrompt } from "../../api/types";
import { DeleteGraph } from "../../shared/deletion/DeleteGraph";
import { useDeletion } from "../../shared/deletion/deletion";
import { ago, barePrompt, count, counted, moment, score } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import { Prediction } from "../../shared/Prediction";
import { follow, graphAddress } from "../../shared/router";
import { useNow } from "../../shared/hooks/useNow";
import { Choice } from "./Choice";
import "./PromptRow.css";

interface PromptRowProps {
  prompt: ListedPrompt;
  isOpen: boolean;
  isChosen: boolean;
  onOpen: () => void;
  onChoose: () => void;
}

export function PromptRow({ prompt, isOpen, isChosen, onOpen, onChoose }: PromptRowProps) {
  const now = useNow();
  const { deleted } = useDeletion();
  const { newest, model, n_graphs: n, faithfulness } = prompt;
  const text = barePrompt(newest);
  const isDeleted = n === 1 && deleted.has(newest.id);
  return (
    <div className={isDeleted ? "prompt-row is-deleted" : "prompt-row"} data-testid="graph-row" data-graph-id={newest.id} data-deleted={isDeleted || undefined}>
      <Choice name={text} isChosen={isChosen} isDisabled={isDeleted} onChoose={onChoose} />
      <button
        type="button"
        className={isOpen ? "icon-button prompt-row-open is-open" : "icon-button prompt-row-open"}
        aria-expanded={isOpen}
        aria-label={`Graphs of “${text}”`}
        title={isOpen ? "Fold" : "Its graphs, views and results"}
        data-testid="prompt-open"
        onClick={onOpen}
      >
        <Icon name="chevron" />
      </button>
      <a className="prompt-row-what ellipsis" href={graphAddress(newest.id)} onClick={follow} title={text}>
        <Prediction record={newest} />
      </a>
      <span className="prompt-row-model ellipsis muted" title={model}>
        {model}
      </span>
      <span className="prompt-row-figures muted">
        {n > 1 && <span className="prompt-row-chip">{counted(n, "graph")}</span>}
        {prompt.n_labelled_nodes > 0 && (
          <span className="prompt-row-chip" title="Feature nodes with a label, by which paths are grouped">
            labels: {count(prompt.n_labelled_nodes)}
          </span>
        )}
        {typeof faithfulness === "number" && (
          <span className="prompt-row-chip" title="Faithfulness: how much of the target stays in the model when only the graph's features are kept">
            faithful: {score(faithfulness)}
          </span>
        )}
        <span className="prompt-row-size">
          <span data-unit="nodes">{count(newest.n_nodes)}</span> nodes, <span data-unit="links">{count(newest.n_edges)}</span> links
        </span>
      </span>
      <span className="prompt-row-when muted" title={moment(newest.created_at)}>
        {ago(newest.created_at, now)}
        {newest.origin === "import" && " · imported"}
      </span>
      <span className="prompt-row-act">{n === 1 && !isDeleted && <DeleteGraph graph={newest} />}</span>
    </div>
  );
}
