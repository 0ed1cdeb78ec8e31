/**
 * graph/budget/: how much of the graph is drawn, set by a slider under the drawing, and what is not drawn.
 *
 *     BudgetBar -> HiddenNodes | shown.ts
 */
import { useId, useRef, useState } from "react";
import { count, percent } from "../../shared/format";
import type { Budget, Drawn } from "../model/budget";
import type { Lit } from "../model/lit";
import { nodeName, type GraphModel } from "../model/model";
import { HiddenNodes } from "./HiddenNodes";
import { shownText } from "./shown";
import "./BudgetBar.css";

interface BudgetBarProps {
  model: GraphModel;
  /** The logit or feature that the question asks for. */
  target: number;
  /** The id of the logit that it is told apart from, or null. */
  ratherThan: string | null;
  budget: Budget;
  drawn: Drawn;
  /** The nodes of the selection, which are drawn in any case. */
  chosen: readonly number[];
  /** The nodes that the reader hid one by one. */
  byHand: readonly number[];
  flow: readonly number[] | null;
  onChange: (change: Partial<Budget>) => void;
  onUnhide: (nodes: readonly number[]) => void;
  onPick: (node: number) => void;
  onHover: (over: Lit | null) => void;
}

export function BudgetBar({ model, target, ratherThan, budget, drawn, chosen, byHand, flow, onChange, onUnhide, onPick, onHover }: BudgetBarProps) {
  const [open, setOpen] = useState(false);
  const list = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const selected = new Set(chosen);
  const hidden = drawn.hidden.filter((node) => !selected.has(node));
  const hasErrors = model.nodes.kind.includes("error");
  const other = ratherThan === null ? undefined : model.ordinalOf.get(ratherThan);
  const text = shownText(model, hidden);
  const goal = nodeName(model, target);
  return (
    <div className="budget-bar" data-testid="budget">
      {open && drawn.hidden.length > 0 && (
        <HiddenNodes
          id={list}
          model={model}
          hidden={drawn.hidden}
          selected={selected}
          flow={flow}
          onPick={onPick}
          onHover={onHover}
          onAll={() => {
            onChange({ share: 1, ...(hasErrors ? { errors: true } : {}) });
            onUnhide(byHand);
          }}
          onClose={() => {
            setOpen(false);
            opener.current?.focus();
          }}
        />
      )}
      <label className="budget-bar-share" title="The fewest features whose flow to the target adds up to this share of all features’ flow">
        <span>
          Nodes that hold <b className="figure">{percent(drawn.share, 0)}</b> of the flow to{" "}
          <span className={goal.isToken ? "token" : ""}>{goal.text}</span>
          {other !== undefined && (
            <>
              {" "}
              rather than <span className="token">{nodeName(model, other).text}</span>
            </>
          )}
        </span>
        <input
          type="range"
          min={1}
          max={100}
          step={1}
          value={Math.round(drawn.share * 100)}
          aria-valuetext={percent(drawn.share, 0)}
          data-testid="show"
          onChange={(event) => onChange({ share: Number(event.target.value) / 100 })}
        />
      </label>
      {hasErrors && (
        <label className="budget-bar-errors" title="What the features leave unexplained of a layer at a position; with a share, those that add most to the target">
          <input type="checkbox" checked={budget.errors} data-testid="show-errors" onChange={(event) => onChange({ errors: event.target.checked })} />
          Errors
        </label>
      )}
      {byHand.length > 0 && (
        <button type="button" className="budget-bar-shown" title="Draw them again" data-testid="unhide" onClick={() => onUnhide(byHand)}>
          {count(byHand.length)} hidden by you: show
        </button>
      )}
      {drawn.hidden.length === 0 ? (
        <span className="budget-bar-shown" data-testid="shown">
          {text}
        </span>
      ) : (
        <button
          ref={opener}
          type="button"
          className="budget-bar-shown"
          aria-expanded={open}
          aria-controls={open ? list : undefined}
          title={`${count(drawn.links)} of ${count(model.nEdges)} links are between the nodes that the slider shows. List the others`}
          data-testid="shown"
          onClick={() => setOpen(!open)}
        >
          {text}
        </button>
      )}
    </div>
  );
}
