/** The edges between heads in figures: their weight, and its parts by what they change of the later head. */
import { useMemo } from "react";
import { counted, quantity } from "../../../../shared/format";
import { headName, type Head, type Inside } from "../../inside";
import { listed, touches, type HeadEdge } from "./edges";
import "./EdgeList.css";

interface EdgeListProps {
  edges: readonly HeadEdge[];
  /** Whether edges between all heads were computed. */
  isWhole: boolean;
  notation: Inside["notation"];
  head: Head | null;
  onHead: (head: Head) => void;
  onLook: (edge: HeadEdge | null) => void;
}

const PARTS = ["query", "key", "value"] as const;

export function EdgeList({ edges, isWhole, notation, head, onHead, onLook }: EdgeListProps) {
  const rows = useMemo(() => listed(edges, head), [edges, head]);
  const own = edges.filter((edge) => touches(edge, head)).length;
  return (
    <section className="edge-list" data-testid="head-edges">
      <h3>
        {head === null ? counted(edges.length, "edge") : `${own} of ${counted(edges.length, "edge")} with ${headName(head, notation)}`}
      </h3>
      <p className="muted">
        What a head’s output does to the prediction through a later head’s queries, keys and values: attribution patching, a first-order estimate, in logits.
        {!isWhole && " Between the heads of the largest attribution only."}
      </p>
      {rows.length === 0 ? (
        <p className="muted">No head gives anything to another one.</p>
      ) : (
        <div className="edge-list-scroll" tabIndex={0} role="region" aria-label="Edges between heads">
          <table>
            <thead>
              <tr>
                <th scope="col">from → to</th>
                <th scope="col">total</th>
                {PARTS.map((part) => (
                  <th key={part} scope="col">
                    {part}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((edge) => {
                const { source, target, weight } = edge;
                return (
                  <tr
                    key={`${headName(source, "dot")} ${headName(target, "dot")}`}
                    className={touches(edge, head) ? "edge-list-own" : undefined}
                    data-testid="head-edge"
                    onPointerEnter={() => onLook(edge)}
                    onPointerLeave={() => onLook(null)}
                    onFocus={() => onLook(edge)}
                    onBlur={() => onLook(null)}
                  >
                    <th scope="row">
                      <button type="button" className="edge-list-head" onClick={() => onHead(source)}>
                        {headName(source, notation)}
                      </button>{" "}
                      →{" "}
                      <button type="button" className="edge-list-head" onClick={() => onHead(target)}>
                        {headName(target, notation)}
                      </button>
                    </th>
                    <td className={weight < 0 ? "edge-list-against" : "edge-list-for"}>{quantity(weight)}</td>
                    {PARTS.map((part) => (
                      <td key={part}>{quantity(edge[part])}</td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
