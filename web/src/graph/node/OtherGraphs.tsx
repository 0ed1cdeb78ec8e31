/** The newest other graphs in which the feature of a node fires. */
import type { FeatureName } from "../../api/client";
import type { FeatureRecord } from "../../api/types";
import { graphsBeside } from "../../feature/feature";
import { count } from "../../shared/format";
import { GraphLink } from "../../shared/graphs/GraphLink";
import { besidePrompts } from "../../shared/graphs/title";
import { More } from "../../shared/more/More";
import { featureAddress, follow } from "../../shared/router";
import "./OtherGraphs.css";

/** Graphs that are shown at first. */
const MOST = 4;

interface OtherGraphsProps {
  feature: FeatureName;
  record: FeatureRecord;
  /** The id of the graph that is open, which has the feature, too. */
  graph: string;
}

export function OtherGraphs({ feature, record, graph }: OtherGraphsProps) {
  const graphs = graphsBeside(record, graph);
  // The open graph's prompt is one that another may have, too.
  const beside = besidePrompts(record.graphs);
  if (graphs.length === 0) return null;
  const others = Math.max(graphs.length, record.n_graphs - 1);
  return (
    <>
      <h3>
        Also in <span className="figure">{count(others)}</span>
      </h3>
      <More
        items={graphs}
        most={MOST}
        className="other-graphs"
        testId="other-graphs"
        render={(other) => {
          const tokens = [...new Set(other.nodes.map(({ token }) => token.trim()))].filter(Boolean);
          return (
            <li key={other.id}>
              <GraphLink graph={other} beside={beside.get(other.id)} />
              {tokens.length > 0 && (
                <span className="muted">
                  {" "}
                  at <span className="token">{tokens.join(", ")}</span>
                </span>
              )}
            </li>
          );
        }}
      />
      {others > graphs.length && (
        <p className="muted">
          These are the newest; <a href={featureAddress(feature)} onClick={follow}>its page</a> has all.
        </p>
      )}
    </>
  );
}
