/**
 * The Heads tab: what each head does for the prediction, as a map, between two figures, as a flow from the tokens, and in a
 * space with what heads give to later heads.
 *
 *     Heads -> About | MapView (-> Ranking) | scatter/ | sankey/ | space/ -> Choice -> measures.ts | correlation.ts
 */
import type { ComponentType } from "react";
import { HEAD_VIEWS, type Inside, type InsideProps } from "../inside";
import { About } from "./About";
import { MapView } from "./MapView";
import { TokenFlow } from "./sankey/TokenFlow";
import { Scatter } from "./scatter/Scatter";
import { Space } from "./space/Space";
import "./Heads.css";

const VIEWS: Record<Inside["view"], { text: string; View: ComponentType<InsideProps> }> = {
  map: { text: "Map", View: MapView },
  scatter: { text: "Scatter", View: Scatter },
  sankey: { text: "Sankey", View: TokenFlow },
  space: { text: "3D", View: Space },
};

export function Heads(props: InsideProps) {
  const { inside, internals, onInside } = props;
  const { View } = VIEWS[inside.view];
  return (
    <div className="heads" data-testid="heads">
      <About internals={internals} />
      <div className="segmented heads-views" role="group" aria-label="View of the heads">
        {HEAD_VIEWS.map((view) => (
          <button key={view} type="button" aria-pressed={view === inside.view} data-testid={`heads-view-${view}`} onClick={() => onInside({ view })}>
            {VIEWS[view].text}
          </button>
        ))}
      </div>
      <View {...props} />
    </div>
  );
}
