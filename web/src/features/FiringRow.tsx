/** A graph in which a feature fires: its prompt, a link to the strongest of its nodes, and links to the others. */
import type { FeatureSort, FiringGraph } from "../api/types";
import { ago, barePrompt, moment, quantity } from "../shared/format";
import { fullTitle } from "../shared/graphs/title";
import { follow, nodeAddress } from "../shared/router";
import { useNow } from "../shared/hooks/useNow";
import { firedPieces, ownLabels, strongestFirst } from "./fired";
import "./FiringRow.css";

/** Further nodes that are led to. */
const MOST_OTHERS = 5;

interface FiringRowProps {
  graph: FiringGraph;
  /** What tells it from others with the same prompt. */
  beside: string | undefined;
  sort: FeatureSort;
}

export function FiringRow({ graph, beside, sort }: FiringRowProps) {
  const now = useNow();
  const [first, ...others] = strongestFirst(graph.nodes, sort);
  const { pieces, isCut } = firedPieces(graph);
  const labels = ownLabels(graph.nodes);
  if (!first) return null;
  return (
    <tr className="firing-row" data-testid="firing-graph" data-graph-id={graph.id}>
      <td className="firing-row-what">
        <a href={nodeAddress(graph.id, first.key)} title={`Open ${fullTitle(graph)}`} onClick={follow}>
          {pieces.map((piece, at) =>
            piece.kind === "gap" ? (
              <span key={at}> … </span>
            ) : piece.kind === "fires" ? (
              <mark key={at}>{piece.text}</mark>
            ) : (
              <span key={at}>{piece.text}</span>
            ),
          )}
          {pieces.length === 0 && (barePrompt(graph) || graph.name)}
        </a>
        <p className="firing-row-more">
          {labels.length > 0 && <span className="firing-row-label">{labels.join(", ")}</span>}
          {beside && <span>{beside}</span>}
          <span title={moment(graph.created_at)}>{ago(graph.created_at, now)}</span>
          {others.length > 0 && (
            <span>
              {isCut ? "among others " : "also "}at{" "}
              {others.slice(0, MOST_OTHERS).map((node, at) => (
                <span key={node.key}>
                  {at > 0 && ", "}
                  <a href={nodeAddress(graph.id, node.key)} title={`Position ${node.position}: activation ${quantity(node.activation)}`} onClick={follow}>
                    <span className="token">{node.token.trim() || node.position}</span>
                  </a>
                </span>
              ))}
              {others.length > MOST_OTHERS && ` and ${others.length - MOST_OTHERS} more`}
            </span>
          )}
        </p>
      </td>
      <td className="firing-row-figure">{quantity(first.activation)}</td>
      <td className="firing-row-figure">{quantity(first.node_influence)}</td>
    </tr>
  );
}
