/** What is to be done where somebody else has saved the View meanwhile. */
import { useEffect, useRef } from "react";
import { Dialog } from "../../shared/dialog/Dialog";
import type { Work } from "./work";
import { contentText, countsOf } from "./views";
import type { Views } from "./useViews";
import "./Conflict.css";

const told = (work: Work): string => contentText(countsOf(work));

export function Conflict({ work, views }: { work: Work; views: Views }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { conflict } = views;
  useEffect(() => {
    if (conflict) dialog.current?.showModal();
    else dialog.current?.close();
  }, [conflict]);
  return (
    <Dialog dialog={dialog} title={`Somebody else has saved “${conflict?.name ?? ""}” meanwhile`} width={460} testId="conflict" onClose={views.dismiss}>
      {conflict && (
        <>
          <p>
            Theirs: {told(conflict.work)}. Yours: {told(work)}. Nothing is saved over until you choose.
          </p>
          <div className="conflict-choices">
            <button type="button" data-testid="take-theirs" onClick={views.takeTheirs}>
              Open theirs
            </button>
            <button type="button" className="danger" data-testid="keep-mine" onClick={() => void views.overwrite()}>
              Save mine over it
            </button>
            <button type="button" onClick={views.dismiss}>
              Go on without saving
            </button>
          </div>
          <p className="muted">To keep both, go on and save yours under another name. After “Open theirs”, Undo brings back yours.</p>
        </>
      )}
    </Dialog>
  );
}
