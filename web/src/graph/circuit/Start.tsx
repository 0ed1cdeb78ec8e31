/** What an empty circuit offers: the one that explains most, or what the graph's own file has pinned. */
import { useState } from "react";
import { asApiError, getCircuit, type ApiError } from "../../api/client";
import type { GraphModel } from "../model/model";
import type { PageQuestion } from "../question/question";
import type { Edit } from "../work/work";
import { startedBy } from "./started";
import { circuitEnds } from "./useCircuit";
import "./Start.css";

interface StartProps {
  model: GraphModel;
  question: PageQuestion;
  isGrouped: boolean;
  onFile: (() => void) | null;
  onEdit: (edit: Edit) => void;
  onError: (error: ApiError) => void;
}

const MOST = 100;

export function Start({ model, question, isGrouped, onFile, onEdit, onError }: StartProps) {
  const [text, setText] = useState("10");
  const [isBusy, setBusy] = useState(false);
  const n = Number(text);
  const isNumber = Number.isInteger(n) && n >= 1 && n <= MOST;
  const units = isGrouped ? `groups by ${question.groupBy}` : "nodes";
  const start = async () => {
    setBusy(true);
    try {
      const group_by = isGrouped ? question.groupBy : "none";
      const groups = group_by === "auto" && question.groups !== null ? { groups: question.groups } : {};
      const answer = await getCircuit(model.record.id, { nodes: n, group_by, ...groups, ...circuitEnds(question) });
      onEdit(startedBy(model, answer));
    } catch (reason) {
      onError(asApiError(reason));
      setBusy(false);
    }
  };
  return (
    <section className="start" aria-label="Circuit" data-testid="circuit-start">
      <h2>No circuit yet</h2>
      <p>
        Pin nodes (p) or group several (g), in the drawing or from any list. What is pinned stands here, with its links and with how much it explains. Or begin
        with one that is there:
      </p>
      <form
        className="start-chosen"
        onSubmit={(event) => {
          event.preventDefault();
          if (isNumber && !isBusy) void start();
        }}
      >
        {/* Not disabled while it chooses: the keyboard would lose its place. */}
        <button type="submit" className="primary" disabled={!isNumber} aria-disabled={isBusy} data-testid="start-chosen">
          {isBusy ? "Choosing…" : "Start from the circuit that explains most"}
        </button>
        <label>
          <span className="muted">with</span> <input type="number" min={1} max={MOST} value={text} aria-label={`How many ${units}`} data-testid="start-count" onChange={(event) => setText(event.target.value)} />{" "}
          <span className="muted">{isGrouped && question.groupBy === "auto" ? "automatic groups" : units}</span>
        </label>
      </form>
      {onFile && (
        <button type="button" data-testid="start-file" onClick={onFile}>
          Start from what the graph’s file has pinned
        </button>
      )}
    </section>
  );
}
