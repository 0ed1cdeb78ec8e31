/**
 * graph/prune/: another pruning of the whole trace that the graph was pruned from, which makes another graph.
 *
 *     PruneAgain -> PruneForm -> thresholds.ts;  -> PruneNews;  usePruning.ts
 */
import { useRef } from "react";
import type { GraphRecord } from "../../api/types";
import { Dialog } from "../../shared/dialog/Dialog";
import { PruneForm } from "./PruneForm";
import { PruneNews } from "./PruneNews";
import type { Pruning } from "./usePruning";
import "./PruneAgain.css";

interface PruneAgainProps {
  record: GraphRecord;
  pruning: Pruning;
}

/** The button that opens the form, and what came of the last pruning. */
export function PruneAgain({ record, pruning }: PruneAgainProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <div className="prune-again">
      <button type="button" data-testid="prune-again" onClick={() => dialog.current?.showModal()}>
        Prune again…
      </button>
      <PruneNews record={record} pruning={pruning} />
      <Dialog dialog={dialog} title="Prune again" width={520} testId="prune-dialog">
        <PruneForm record={record} pruning={pruning} />
        <PruneNews record={record} pruning={pruning} />
      </Dialog>
    </div>
  );
}
