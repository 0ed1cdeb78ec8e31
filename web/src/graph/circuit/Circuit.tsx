/**
 * graph/circuit/: what is pinned, as a circuit: supernodes and nodes in boxes, the links between them, what they explain.
 *
 *     Circuit -> Start -> started.ts;  picture/ (boxes, lines, where they stand) -> parts.ts
 *     Scores;  useCircuit.ts (what the server says of it) -> parts.ts
 *
 * Circuit.tsx, with what only it needs, loads when its tab opens.
 */
import { useMemo, useState } from "react";
import type { ApiError } from "../../api/client";
import { counted, percent } from "../../shared/format";
import { Trouble } from "../../shared/Trouble";
import { isPassing } from "../../shared/useAnswer";
import type { Hover } from "../model/hover";
import type { GraphModel } from "../model/model";
import type { Selection } from "../model/selection";
import type { PageQuestion } from "../question/question";
import type { Edit, Work } from "../work/work";
import { CircuitDrawing } from "./picture/CircuitDrawing";
import { circuitLinks, isOfSelection, strongLinks } from "./picture/links";
import { standing } from "./parts";
import { Scores } from "./Scores";
import { Start } from "./Start";
import { aboutText, type Circuit as Drawn } from "./useCircuit";
import "./Circuit.css";

interface CircuitProps {
  model: GraphModel;
  work: Work;
  question: PageQuestion;
  /** Whether single paths are what the page asks for. */
  isGrouped: boolean;
  circuit: Drawn;
  selection: Selection | null;
  /** The nodes of the selection. */
  chosen: readonly number[];
  hover: Hover;
  /** Opens the View of the graph's own file; null: it has none. */
  onFile: (() => void) | null;
  onEdit: (edit: Edit) => void;
  onSelect: (selection: Selection | null) => void;
  onError: (error: ApiError) => void;
}

export function Circuit({ model, work, question, isGrouped, circuit, selection, chosen, hover, onFile, onEdit, onSelect, onError }: CircuitProps) {
  const { parts, scored } = circuit;
  const [isAll, setAll] = useState(false);
  const links = useMemo(() => {
    if (!scored.answer) return [];
    const outer = parts.map((part): [string, typeof part] => [part.key, part]);
    const inner = standing(parts).map((part): [string, typeof part] => [part.key, part]);
    return circuitLinks(scored.answer.answer, scored.answer.keys, new Map([...outer, ...inner]));
  }, [parts, scored.answer]);
  const strong = useMemo(() => strongLinks(links), [links]);
  // A link that is selected is drawn, however weak.
  const picked = links.find((link) => isOfSelection(model, link, selection));
  const drawn = isAll ? links : picked && !strong.includes(picked) ? [...strong, picked] : strong;

  if (parts.length === 0) {
    return <Start model={model} question={question} isGrouped={isGrouped} onFile={onFile} onEdit={onEdit} onError={onError} />;
  }
  const answer = scored.answer?.answer ?? null;
  const target = aboutText(model, circuit);
  return (
    <section className="circuit" aria-label="Circuit" data-testid="circuit" aria-busy={scored.loading}>
      {scored.error && !isPassing(scored.error) && <Trouble error={scored.error} title="The circuit could not be scored" onRetry={scored.again} />}
      <CircuitDrawing
        model={model}
        work={work}
        parts={parts}
        links={drawn}
        target={target}
        about={answer ? `It explains ${percent(answer.explained)} of the influence on ${target}.` : ""}
        selection={selection}
        chosen={chosen}
        hover={hover}
        onEdit={onEdit}
        onSelect={onSelect}
      />
      {links.length > strong.length && (
        <button
          type="button"
          className="circuit-all"
          title={isAll ? "Leave the weak links out" : "Draw the weak links, too"}
          data-testid="all-links"
          onClick={() => setAll(!isAll)}
        >
          {isAll ? `All ${links.length} links drawn · only the strong` : `${strong.length} of ${counted(links.length, "link")} drawn · all`}
        </button>
      )}
      <div className="circuit-foot">
        <Scores answer={answer} />
        <div className="circuit-actions" role="group" aria-label="Circuit">
          <button
            type="button"
            disabled={Object.keys(work.places).length === 0}
            title="Forget where boxes were put, and lay them out anew"
            data-testid="arrange"
            onClick={() => onEdit({ type: "arranged" })}
          >
            Arrange
          </button>
          <button type="button" title="Unpin everything; Undo brings it back" data-testid="clear-circuit" onClick={() => onEdit({ type: "started", pinned: [], supernodes: [] })}>
            Clear
          </button>
        </div>
      </div>
    </section>
  );
}
