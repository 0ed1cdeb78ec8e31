/** A cell of a head's pattern: how much the query looks at the key, and why, where that is asked. */
import { useCallback, useMemo } from "react";
import { askCell, getCell, getHead } from "../../../api/client";
import type { InternalsAnswer, ScorePairsFound } from "../../../api/types";
import { percent } from "../../../shared/format";
import { RunNews } from "../../../shared/jobs/RunNews";
import { Trouble } from "../../../shared/Trouble";
import { useAnswer } from "../../../shared/useAnswer";
import type { Lit } from "../../model/lit";
import type { GraphModel } from "../../model/model";
import { placeName } from "../../names/places";
import type { Cell, Head } from "../inside";
import { at, valuesOf } from "../numbers";
import { useAsked } from "./useAsked";
import { rankOf } from "./sources";
import { Why } from "./Why";
import "./CellDetail.css";

interface CellDetailProps {
  model: GraphModel;
  answer: InternalsAnswer;
  head: Head;
  cell: Cell;
  /** What was asked while the details are open. */
  whys: Map<string, ScorePairsFound>;
  onCell: (cell: Cell | null) => void;
  onPick: (node: number) => void;
  onHover: (over: Lit | null) => void;
}

export function CellDetail({ model, answer, head: { layer, head }, cell, whys, onCell, onPick, onHover }: CellDetailProps) {
  const { id } = model.record;
  const question = { layer, head, ...cell };
  const name = JSON.stringify([answer.id, question]);
  const pattern = useAnswer(answer.parts.includes("attention") ? name : null, (signal) => getHead(id, layer, head, "standard", null, false, signal));
  const row = useMemo(() => pattern.answer && at(valuesOf(pattern.answer.pattern), cell.query).values, [pattern.answer, cell.query]);
  const read = useCallback(async () => {
    const found = await getCell(id, { layer, head, query: cell.query, key: cell.key });
    whys.set(name, found);
    return found;
  }, [id, layer, head, cell, whys, name]);
  const asked = useAsked(whys.get(name) ?? null, read);
  const [query, key] = [placeName(model, cell.query), placeName(model, cell.key)];
  return (
    <div className="cell-detail" data-testid="cell-detail">
      <h3>
        <span>
          <span className="token">{query}</span> looks at <span className="token">{key}</span>
        </span>
        <button type="button" className="chip" aria-label="The head alone, without the cell" onClick={() => onCell(null)}>
          ×
        </button>
      </h3>
      {row && (
        <p data-testid="cell-attention">
          <b>{percent(row[cell.key])}</b> of its attention, {cell.query === 0 ? "with one key to look at" : `place ${rankOf(row, cell.key, cell.query)} of ${cell.query + 1} keys`}
        </p>
      )}
      {pattern.error && <Trouble error={pattern.error} title="Its attention could not be read" onRetry={pattern.again} />}
      {!asked.answer && (
        <p>
          <button type="button" data-testid="why-here" aria-disabled={asked.run.isRunning} onClick={() => asked.ask(() => askCell(id, question))}>
            Why here?
          </button>
        </p>
      )}
      <RunNews run={asked.run} failed="Why could not be found" />
      {asked.answer && <Why model={model} found={asked.answer} onPick={onPick} onHover={onHover} />}
    </div>
  );
}
