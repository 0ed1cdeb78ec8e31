/** The newest other graphs in which the feature of a node fires. */
import type { FeatureRecord } from "../../api/types";
import { graphsBeside } from "../../feature/feature";
import { GraphLink } from "../../shared/graphs/GraphLink";
import { besidePrompts } from "../../shared/graphs/title";
import { More } from "../../shared/more/More";
import "./OtherGraphs.css";

/** Graphs that are shown at first. */
const MOST = 4;

/** `graph`: the id of the graph that is open. */
export function OtherGraphs({ record, graph }: { record: FeatureRecord; graph: string }) {
  const graphs = graphsBeside(record, graph);
  // The open graph's prompt is one that another may have, too.
  const beside = besidePrompts(record.graphs);
  if (graphs.length === 0) return null;
  return (
    <>
      <h3>
        Also in <span className="figure">{graphs.length}</span>
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
    </>
  );
}
