/** One link in words: its ends, its sign, its parts of the other's input and of what flows to the target. */
import { percent, quantity } from "../../shared/format";
import type { GraphModel } from "../model/model";
import { linkFlow, type Flow } from "../node/linkFlow";

interface LinkFactsProps {
  model: GraphModel;
  edge: number;
  flow: Flow | null;
}

export function LinkFacts({ model, edge, flow }: LinkFactsProps) {
  const { edges, nodes } = model;
  const weight = edges.weight[edge] ?? 0;
  const activation = nodes.activation[edges.target[edge] ?? -1] ?? null;
  const source = edges.source[edge] ?? 0;
  const along = flow && linkFlow(model, flow, edge);
  const through = flow?.through[source] ?? 0;
  return (
    <dl className="detail-figures" data-testid="link-facts">
      <div>
        <dt>{weight < 0 ? "inhibits" : "excites"}, weight</dt>
        <dd>{quantity(weight)}</dd>
      </div>
      <div>
        <dt>of the second node’s input</dt>
        <dd>{percent(edges.share[edge])}</dd>
      </div>
      {activation !== null && activation !== 0 && (
        <div title="The link’s weight over the activation of the feature that it leads to">
          <dt>of its activation</dt>
          <dd>{percent(weight / activation)}</dd>
        </div>
      )}
      {along !== null && (
        <div title="The share of the target’s influence that comes from tokens, runs along the link and on to the target">
          <dt>flow to the target</dt>
          <dd>{percent(along)}</dd>
        </div>
      )}
      {along !== null && through > 0 && (
        <div>
          <dt>of what flows through the first node</dt>
          <dd>{percent(along / through)}</dd>
        </div>
      )}
    </dl>
  );
}
