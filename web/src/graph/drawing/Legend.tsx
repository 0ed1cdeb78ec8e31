/** The foot of the graph's page: the size of the graph, and the meaning of shapes, colours and sizes. */
import { memo } from "react";
import { count } from "../../shared/format";
import type { GraphModel } from "../model/model";
import type { SizedBy } from "./prominence";
import "./Legend.css";

const SHAPES = [
  { name: "feature", path: "M6 2.2a3.8 3.8 0 1 0 0 7.6a3.8 3.8 0 1 0 0-7.6z", look: "ink" },
  { name: "embedding", path: "M6 1.8L10.4 9.8H1.6z", look: "mid" },
  { name: "error", path: "M6 1.4L10.6 6L6 10.6L1.4 6z", look: "hollow" },
  { name: "logit", path: "M2.4 2.4h7.2v7.2H2.4z", look: "ink" },
];

const MEANINGS: Record<SizedBy, string> = {
  influence: "Cumulative influence over the whole trace, by which the graph was pruned",
  flow: "The share of all influence on the chosen target that flows through the node, around what is avoided",
};

interface LegendProps {
  model: GraphModel;
  sizedBy: SizedBy;
  onSizedBy: (sizedBy: SizedBy) => void;
}

export const Legend = memo(function Legend({ model, sizedBy, onSizedBy }: LegendProps) {
  return (
    <footer className="legend">
      <span className="ellipsis">
        {count(model.nNodes)} nodes, {count(model.nEdges)} links
      </span>
      <ul className="legend-key" aria-label="Legend">
        {SHAPES.map((shape) => (
          <li key={shape.name}>
            <svg viewBox="0 0 12 12" width="12" height="12" className={`is-${shape.look}`} aria-hidden="true">
              <path d={shape.path} />
            </svg>
            {shape.name}
          </li>
        ))}
        <li title="The logit that the question asks for">
          <svg viewBox="0 0 12 12" width="12" height="12" className="is-ink" aria-hidden="true">
            <path d="M3.6 3.6h4.8v4.8H3.6z" />
            <path className="legend-frame" d="M.8 .8h10.4v10.4H.8z" />
          </svg>
          target
        </li>
        <li title="Pale among all links, full in a path or a node's links">
          <span className="swatch excites" /> excites
        </li>
        <li title="Pale among all links, full and dashed in a path or a node's links">
          <span className="swatch inhibits" /> inhibits
        </li>
        <li>
          <label>
            size{" "}
            <select
              value={sizedBy}
              title={MEANINGS[sizedBy]}
              data-testid="sized-by"
              // Its options are the two below.
              onChange={(event) => onSizedBy(event.target.value as SizedBy)}
            >
              <option value="flow">flow to the target</option>
              <option value="influence">influence</option>
            </select>
          </label>
        </li>
      </ul>
    </footer>
  );
});
