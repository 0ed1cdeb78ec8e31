/** What comes of a pruning: its progress, why it failed, or the graph that it made, beside this one. */
import type { GraphRecord } from "../../api/types";
import { count, counted } from "../../shared/format";
import { RunNews } from "../../shared/jobs/RunNews";
import { compareAddress, follow, graphAddress } from "../../shared/router";
import type { Pruning } from "./usePruning";
import "./PruneNews.css";

interface PruneNewsProps {
  record: GraphRecord;
  pruning: Pruning;
}

export function PruneNews({ record, pruning: { run, made, graph } }: PruneNewsProps) {
  if (!run.isRunning && run.job === null && run.error === null) return null;
  return (
    <div className="prune-news" data-testid="prune-news">
      <RunNews run={run} failed="It could not be pruned" />
      {made === record.id && <p role="status">That makes this graph again: nothing new was stored.</p>}
      {made !== null && made !== record.id && (
        <>
          <p role="status">
            {run.job?.known ? "It was stored already" : "It is stored"}
            {graph && (
              <>
                : {counted(graph.n_nodes, "node")} and {counted(graph.n_edges, "link")}, where this graph has {count(record.n_nodes)} and {count(record.n_edges)}
              </>
            )}
            .
          </p>
          <p className="prune-news-links">
            <a href={graphAddress(made)} data-testid="prune-made" onClick={follow}>
              Open it
            </a>
            <a href={compareAddress(record.id, made)} data-testid="prune-compare" onClick={follow}>
              Both side by side
            </a>
          </p>
        </>
      )}
    </div>
  );
}
