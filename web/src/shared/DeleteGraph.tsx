/** A delete button that turns into a confirmation, and back by itself after a while. */
import { useEffect, useState } from "react";
import { asApiError, deleteGraph, type ApiError } from "../api/client";
import { useReadOnly } from "./hooks/useReadOnly";
import { Icon } from "./Icon";
import "./DeleteGraph.css";

/** Milliseconds until the confirmation goes. */
const PATIENCE = 6000;

interface DeleteGraphProps {
  id: string;
  /** The graph's prompt, for screen readers. */
  name: string;
  onDeleted: () => void;
  onError: (error: ApiError) => void;
}

export function DeleteGraph({ id, name, onDeleted, onError }: DeleteGraphProps) {
  const [state, setState] = useState<"idle" | "asking" | "deleting">("idle");
  const isReadOnly = useReadOnly();

  useEffect(() => {
    if (state !== "asking") return;
    const timer = window.setTimeout(() => setState("idle"), PATIENCE);
    return () => window.clearTimeout(timer);
  }, [state]);

  const remove = async () => {
    setState("deleting");
    try {
      await deleteGraph(id);
      onDeleted();
    } catch (reason) {
      setState("idle");
      onError(asApiError(reason));
    }
  };

  if (isReadOnly) return null;
  if (state === "idle") {
    return (
      <button
        type="button"
        className="icon-button delete-graph"
        aria-label={`Delete the graph of “${name}”`}
        title="Delete this graph"
        data-testid="delete-graph"
        onClick={() => setState("asking")}
      >
        <Icon name="bin" />
      </button>
    );
  }
  return (
    <span className="delete-graph-confirm" role="group" aria-label={`Delete the graph of “${name}”?`}>
      <button
        type="button"
        className="danger"
        autoFocus
        disabled={state === "deleting"}
        data-testid="confirm-delete"
        onClick={() => void remove()}
      >
        {state === "deleting" ? "Deleting…" : "Delete"}
      </button>
      <button type="button" disabled={state === "deleting"} onClick={() => setState("idle")}>
        Keep
      </button>
    </span>
  );
}
