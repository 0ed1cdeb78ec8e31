/** Every graph in which a feature fires: where in its prompt, how strongly, and what the graph calls it. */
import type { FeatureName } from "../api/client";
import type { FeatureSort } from "../api/types";
import { Segmented } from "../shared/choice/Segmented";
import { count, counted } from "../shared/format";
import { besidePrompts } from "../shared/graphs/title";
import { navigate, useSearch } from "../shared/router";
import { Trouble } from "../shared/Trouble";
import { isPassing } from "../shared/useAnswer";
import { FiringRow } from "./FiringRow";
import { sortIn, SORTS, withSort } from "./fired";
import { PAGE, useFiring } from "./useFiring";
import { Skeleton } from "../shared/list/Skeleton";
import "./FiringList.css";

interface FiringListProps {
  feature: FeatureName;
  /** How many graphs there are. */
  nGraphs: number;
}

export function FiringList({ feature, nGraphs }: FiringListProps) {
  const search = useSearch();
  const sort = sortIn(search);
  const { graphs, isOld, hasMore, more, loading, error, again } = useFiring(feature, sort);
  const beside = besidePrompts(graphs ?? []);
  const choose = (chosen: FeatureSort) => navigate(window.location.pathname + withSort(search, chosen));
  return (
    <section className="firing-list" aria-labelledby="firing-title">
      <div className="firing-list-head">
        <h2 id="firing-title" tabIndex={-1}>
          In {counted(nGraphs, "graph")}
        </h2>
        {nGraphs > 1 && <Segmented name="In the order of" value={sort} options={SORTS} onChoose={choose} />}
      </div>
      {error && (
        <Trouble
          error={error}
          title="The graphs could not be listed"
          detail={isPassing(error) ? `${error.detail} They are asked for again by themselves.` : error.detail}
          onRetry={again}
        />
      )}
      {graphs === null && !error && (
        <Skeleton label="The graphs are being listed" />
      )}
      {graphs?.length === 0 && <p className="muted">It fires in no stored graph; what is said of it is kept.</p>}
      {graphs !== null && graphs.length > 0 && (
        <table className={isOld ? "firing-list-table is-old" : "firing-list-table"} aria-busy={isOld} data-testid="firing">
          <thead>
            <tr>
              <th scope="col">Prompt, and where it fires</th>
              <th scope="col" className="firing-list-figure">
                Activation
              </th>
              <th
                scope="col"
                className="firing-list-figure"
                title="Over all paths of the whole trace from the feature to the logits, weighted by their probabilities"
              >
                Influence
              </th>
            </tr>
          </thead>
          <tbody>
            {graphs.map((graph) => (
              <FiringRow key={graph.id} graph={graph} beside={beside.get(graph.id)} sort={sort} />
            ))}
          </tbody>
        </table>
      )}
      {hasMore && (
        <button type="button" className="firing-list-more" data-testid="firing-more" aria-disabled={loading} onClick={() => !loading && more()}>
          {loading ? "Reading…" : `${count(Math.min(PAGE, nGraphs - (graphs?.length ?? 0)))} more`}
        </button>
      )}
    </section>
  );
}
