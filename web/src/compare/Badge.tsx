/** Which graph something is of: a letter in the graph's colour. */
import type { Side } from "./asked";
import "./Badge.css";

export function Badge({ side }: { side: Side | "both" }) {
  return (
    <span className={`badge is-${side}`} aria-hidden={side === "both"}>
      {side === "both" ? "A B" : side.toUpperCase()}
    </span>
  );
}
