/** The foot of the graph page: what is drawn, and what its shapes and colours mean. */
import { count } from "../format";
import type { GraphModel } from "../graph/model";

const SHAPES = [
  { name: "feature", path: "M6 2.2a3.8 3.8 0 1 0 0 7.6a3.8 3.8 0 1 0 0-7.6z", hollow: false },
  { name: "embedding", path: "M6 1.8L10.4 9.8H1.6z", hollow: false },
  { name: "error", path: "M6 1.4L10.6 6L6 10.6L1.4 6z", hollow: true },
  { name: "logit", path: "M2.4 2.4h7.2v7.2H2.4z", hollow: false },
];

export function Legend({ model }: { model: GraphModel }) {
  return (
    <footer className="foot">
      <span className="shown" data-testid="shown">
        {count(model.nNodes)} of {count(model.record.n_nodes)} nodes, {count(model.nEdges)} of{" "}
        {count(model.record.n_edges)} links shown
      </span>
      <ul className="legend" aria-label="Legend">
        {SHAPES.map((shape) => (
          <li key={shape.name}>
            <svg viewBox="0 0 12 12" width="12" height="12" className={shape.hollow ? "hollow" : ""} aria-hidden="true">
              <path d={shape.path} />
            </svg>
            {shape.name}
          </li>
        ))}
        <li>
          <span className="swatch excites" /> excites
        </li>
        <li>
          <span className="swatch inhibits" /> inhibits
        </li>
        <li className="muted">size: influence</li>
      </ul>
    </footer>
  );
}
