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
  useEffect(
    () =>
      onFind(() => {
        // Its keys close it again.
        if (dialog.current?.open) dialog.current.close();
        else setOpen(true);
      }),
    [],
  );
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  if (!isOpen) return null;
  return (
    <dialog
      ref={dialog}
      className="find"
      aria-label="Find"
      data-testid="find"
      onClose={() => setOpen(false)}
      onClick={(event) => {
        // The content fills the dialog: a click on the dialog itself hit the backdrop.
        if (event.target === event.currentTarget) dialog.current?.close();
      }}
    >
      <Palette onClose={() => dialog.current?.close()} />
    </dialog>
  );
}
