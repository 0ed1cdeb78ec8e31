/**
 * find/: the search over everything: pages, actions, graphs, features, views, collections, queries. ⌘K or Ctrl-K opens it.
 *
 *     Find -> Palette -> useFound.ts -> items.ts -> match.ts;  Palette -> Option -> match.ts;  useFound.ts -> recent.ts
 */
import { useEffect, useRef, useState } from "react";
import { onFind } from "../shared/find/openFind";
import { Palette } from "./Palette";
import "./Find.css";

export function Find() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setOpen] = useState(false);
  /** How often it was opened: what was typed before is gone. */
  const [round, setRound] = useState(0);
  useEffect(
    () =>
      onFind(() => {
        // Its keys close it again.
        if (dialog.current?.open) {
          dialog.current.close();
          return;
        }
        setOpen(true);
        setRound((before) => before + 1);
      }),
    [],
  );
  useEffect(() => {
    // It may be there still, closed a moment ago.
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
  }, [isOpen, round]);
  if (!isOpen) return null;
  return (
    <dialog
      ref={dialog}
      className="find"
      aria-label="Find"
      data-testid="find"
      // The browser tells of it later: it may be open again by then.
      onClose={() => setOpen(dialog.current?.open ?? false)}
      onClick={(event) => {
        // The content fills the dialog: a click on the dialog itself hit the backdrop.
        if (event.target === event.currentTarget) dialog.current?.close();
      }}
    >
      <Palette key={round} onClose={() => dialog.current?.close()} />
    </dialog>
  );
}
