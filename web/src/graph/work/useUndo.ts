/** Undo and redo, by buttons and keys. What the database holds is changed there first. */
import { useCallback, useEffect, useRef } from "react";
import { asApiError, deleteView, labelFeature, putView, removeLabel, type ApiError } from "../../api/client";
import { isTyping } from "../../shared/keys";
import type { GraphModel } from "../model/model";
import type { LabelChange } from "../../feature/feature";
import type { Bench, BenchEvent } from "./bench";
import { onPage } from "./bench";
import { openView, writtenView } from "./views";

/** How the deletion of a test is taken back, and done again. */
interface Deletions {
  keep: (test: string) => void;
  remove: (test: string) => void;
}

interface Undo {
  undo: () => void;
  redo: () => void;
}

const call = ({ feature, author }: LabelChange, text: string | null): Promise<unknown> =>
  text === null ? removeLabel(feature, author) : labelFeature(feature, { text, author });

export function useUndo(
  model: GraphModel,
  bench: Bench,
  { keep, remove }: Deletions,
  onEvent: (event: BenchEvent) => void,
  onNamed: () => void,
  onError: (error: ApiError) => void,
): Undo {
  const isBusy = useRef(false);

  const alone = useCallback(
    async (change: () => Promise<void>) => {
      if (isBusy.current) return;
      isBusy.current = true;
      try {
        await change();
      } catch (reason) {
        onError(asApiError(reason));
      } finally {
        isBusy.current = false;
      }
    },
    [onError],
  );

  const undo = useCallback(() => {
    const last = bench.past.at(-1);
    if (!last) return;
    void alone(async () => {
      if (last.kind === "label") {
        await call(last.label, last.label.before);
        onNamed();
      }
      if (last.kind === "test") keep(last.test);
      if (last.kind === "deletion") {
        const { id } = model.record;
        const answer = await putView(id, last.view.name, writtenView(model, onPage(last.view), null));
        onEvent({ type: "undone", view: openView(model, answer) });
      } else onEvent({ type: "undone" });
    });
  }, [alone, bench, keep, model, onEvent, onNamed]);

  const redo = useCallback(() => {
    const last = bench.future.at(-1);
    if (!last) return;
    void alone(async () => {
      if (last.kind === "label") {
        await call(last.label, last.label.after);
        onNamed();
      }
      if (last.kind === "test") remove(last.test);
      if (last.kind === "deletion") await deleteView(model.record.id, last.view.name, last.view.revision);
      onEvent({ type: "redone" });
    });
  }, [alone, bench, remove, model, onEvent, onNamed]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
      const key = event.key.toLowerCase();
      const isRedo = (key === "z" && event.shiftKey) || key === "y";
      if (!isRedo && key !== "z") return;
      event.preventDefault();
      if (isRedo) redo();
      else undo();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [undo, redo]);

  return { undo, redo };
}
