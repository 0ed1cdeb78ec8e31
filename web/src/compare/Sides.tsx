/** What is compared: each side's graph, its target, ways to another graph, and to the other side. */
import type { GraphAnswer } from "../api/types";
import { GraphLink } from "../shared/graphs/GraphLink";
import { counted, exactToken, percent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { follow, graphAddress, navigate } from "../shared/router";
import { addressOf, SIDES, swapped, targetOf, withGraph, withTarget, type Asked, type Side } from "./asked";
import { Badge } from "./Badge";
import { endOf, graphQuery } from "./bands/links";
import "./Sides.css";

interface SidesProps {
  asked: Asked;
  /** Null: not chosen, not read yet, or not there. */
  graphs: Record<Side, GraphAnswer | null>;
  /** In place of a graph that is not there. */
  missing: Record<Side, string | null>;
}

export function Sides({ asked, graphs, missing }: SidesProps) {
  return (
    <div className="sides">
      {SIDES.map((side) => (
        <SideCard key={side} asked={asked} side={side} graph={graphs[side]} beside={besideOf(graphs, side)} missing={missing[side]} />
      ))}
      <button type="button" className="sides-swap" title="Swap A and B" aria-label="Swap A and B" data-testid="swap" onClick={() => navigate(addressOf(swapped(asked)))}>
        <Icon name="turn" />
      </button>
    </div>
  );
}

/** What tells a graph from the other one where both have the same prompt. */
function besideOf({ a, b }: SidesProps["graphs"], side: Side): string | undefined {
  if (a?.prompt !== b?.prompt || a?.id === b?.id || !a || !b) return undefined;
  const graph = side === "a" ? a : b;
  return a.name !== b.name && graph.name ? graph.name : graph.id.slice(0, 8);
}

/** What tells variants of one prompt apart that were pruned otherwise. */
function prunedAt({ node_threshold: nodes = null, edge_threshold: links = null }: GraphAnswer): string[] {
  return nodes === null || links === null ? [] : [`pruned at ${nodes} / ${links}`];
}

interface SideCardProps {
  asked: Asked;
  side: Side;
  graph: GraphAnswer | null;
  beside: string | undefined;
  missing: string | null;
}

function SideCard({ asked, side, graph, beside, missing }: SideCardProps) {
  const isAsked = (side === "a" ? asked.a : asked.b) !== null;
  return (
    <section className="sides-card" aria-label={`Graph ${side.toUpperCase()}`} data-testid={`side-${side}`}>
      <Badge side={side} />
      <div className="sides-what">
        {graph ? <GraphLink graph={graph} beside={beside} /> : <span className="muted">{missing ?? (isAsked ? "Being read…" : "To be chosen below")}</span>}
        {graph && (
          <span className="sides-facts muted">
            {[graph.model, counted(graph.n_feature_nodes, "feature node"), ...prunedAt(graph)].join(" · ")}
          </span>
        )}
      </div>
      {graph && <TargetChoice asked={asked} side={side} graph={graph} />}
      <div className="sides-links">
        {graph && (
          <a href={graphAddress(graph.id) + graphQuery({ target: targetOf(asked, side) })} onClick={follow}>
            Open
          </a>
        )}
        {isAsked && (
          <a href={addressOf(withGraph(asked, side, null))} onClick={follow} data-testid={`change-${side}`}>
            Change<span className="unseen"> graph {side.toUpperCase()}</span>
          </a>
        )}
      </div>
    </section>
  );
}

function TargetChoice({ asked, side, graph }: { asked: Asked; side: Side; graph: GraphAnswer }) {
  const asks = targetOf(asked, side);
  const first = graph.logits[0];
  const ends = graph.logits.map(({ id }) => endOf(id));
  // A feature node can be a target by the address alone.
  const isOther = asks !== null && !ends.includes(asks);
  const isChance = graph.target_kind !== "directions";
  return (
    <label className="sides-target">
      <span className="muted">Why</span>
      <select
        className="snug"
        value={asks ?? (first ? endOf(first.id) : "")}
        data-testid={`target-${side}`}
        aria-label={`Target of ${side.toUpperCase()}`}
        onChange={({ target }) => navigate(addressOf(withTarget(asked, side, target.value === ends[0] ? null : target.value)))}
      >
        {isOther && <option value={asks}>{asks}</option>}
        {graph.logits.map(({ id, token, probability }, at) => (
          <option key={id} value={ends[at]}>
            {exactToken(token.startsWith(" ") ? token.slice(1) || token : token)} {isChance && probability !== null ? percent(probability) : ""}
          </option>
        ))}
      </select>
    </label>
  );
}
