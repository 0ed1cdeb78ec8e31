/** The Views of a graph as they are stored: read, opened, saved over the revision that was read, deleted. */
import { useCallback, useState } from "react";
import { asApiError, deleteView, getView, getViews, putView, type ApiError } from "../../api/client";
import type { ViewsAnswer } from "../../api/types";
import { useAnswer } from "../../shared/useAnswer";
import type { GraphModel } from "../model/model";
import type { BenchEvent, OnPage, OpenView } from "./bench";
import { openView, writtenView } from "./views";

export interface Views {
  /** Null until they are asked for. */
  listed: ViewsAnswer | null;
  /** Reads the list, and keeps it as new as what is done here. */
  list: () => void;
  open: (name: string | null) => Promise<void>;
  /** Saves the page as the View of this name: over the one that is open where it has the name, or as a new one. */
  save: (name: string) => Promise<void>;
  remove: (name: string, revision: number) => Promise<void>;
  isBusy: boolean;
  /** The View as somebody else has written it since it was read, while the reader chooses; null: there is no such thing. */
  conflict: OpenView | null;
  /** Saves the page over what somebody else has written. */
  overwrite: () => Promise<void>;
  /** Opens what somebody else has written; undo brings back the page as it was. */
  takeTheirs: () => void;
  dismiss: () => void;
}

export function useViews(model: GraphModel, on: OnPage, onEvent: (event: BenchEvent) => void, onError: (error: ApiError) => void): Views {
  const { id } = model.record;
  const [round, setRound] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<OpenView | null>(null);
  const { answer: listed } = useAnswer(round === 0 ? null : `${id}#${round}`, (signal) => getViews(id, signal));
  const list = useCallback(() => setRound((before) => before + 1), []);

  const doing = async (change: () => Promise<void>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      await change();
      list();
    } catch (reason) {
      onError(asApiError(reason));
    } finally {
      setBusy(false);
    }
  };
  const write = async (name: string, revision: number | null): Promise<void> => {
    try {
      const answer = await putView(id, name, writtenView(model, on, revision));
      setConflict(null);
      onEvent({ type: "saved", view: openView(model, answer) });
    } catch (reason) {
      const error = asApiError(reason);
      if (error.error !== "ViewChanged") throw error;
      // Deleted meanwhile, it is nobody's: the page is saved as a new one.
      const theirs = await getView(id, name).catch((other: unknown) => {
        if (asApiError(other).status === 404) return null;
        throw other;
      });
      if (theirs) setConflict(openView(model, theirs));
      else await write(name, null);
    }
  };
  return {
    listed,
    list,
    isBusy,
    conflict,
    open: (name) => doing(async () => onEvent({ type: "opened", view: name === null ? null : openView(model, await getView(id, name)) })),
    save: (name) => doing(() => write(name, on.view?.name === name ? on.view.revision : null)),
    remove: (name, revision) =>
      doing(async () => {
        const view = openView(model, await getView(id, name));
        await deleteView(id, name, revision);
        onEvent({ type: "deleted", view });
      }),
    overwrite: () => doing(async () => (conflict ? write(conflict.name, conflict.revision) : undefined)),
    takeTheirs: () => {
      if (conflict) onEvent({ type: "opened", view: conflict });
      setConflict(null);
    },
    dismiss: () => setConflict(null),
  };
}
