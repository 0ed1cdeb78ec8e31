/**
 * The Heads tab: what each head does for the prediction, as a map, between two figures, as a flow from the tokens, and in a
 * space with what heads give to later heads.
 *
 *     Heads -> MapView (-> Ranking) | scatter/ | sankey/ | space/ -> Choice | Lacking | Tip -> measures.ts | correlation.ts
 */
import type { ComponentType } from "react";
import { internalsFile } from "../../../api/client";
import { quantity } from "../../../shared/format";
import { Icon } from "../../../shared/Icon";
import { HEAD_VIEWS, type Inside, type InsideProps } from "../inside";
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

/** The checks of what stands in this tab. */
const CHECKS = ["heads", "direct_logit", "ablation", "head_edges"];

export function Heads(props: InsideProps) {
  const { inside, internals, model, onInside } = props;
  const { target, foil, value, errors, missing, parts } = internals;
  const { View } = VIEWS[inside.view];
  const found = CHECKS.flatMap((name) => errors[name] ?? []);
  return (
    <div className="heads" data-testid="heads">
      <div className="heads-bar">
        <div className="segmented" role="group" aria-label="View of the heads">
          {HEAD_VIEWS.map((view) => (
            <button key={view} type="button" aria-pressed={view === inside.view} data-testid={`heads-view-${view}`} onClick={() => onInside({ view })}>
              {VIEWS[view].text}
            </button>
          ))}
        </div>
        {value !== null && (
          <p className="heads-value" data-testid="heads-value">
            Attributed: <b>{quantity(value)} logits</b>,{" "}
            {foil === null ? (
              <>
                the logit of <span className="token">{model.writeToken(target)}</span>
              </>
            ) : (
              <>
                <span className="token">{model.writeToken(target)}</span> less <span className="token">{model.writeToken(foil)}</span>
              </>
            )}
            {found.length > 0 && (
              <>
                {" "}
                <span className="muted heads-checked" title="The largest relative error of the checks of attribution, direct logit attribution, ablation and edges on this prompt">
                  · checked to {quantity(Math.max(...found))}
                </span>
              </>
            )}
          </p>
        )}
        {parts.includes("heads") && parts.includes("tokens") && (
          <a className="heads-file" href={internalsFile(internals.graph)} download={`${internals.graph}-attribution.json`} title="Token and head attribution with the fields that notebooks read" data-testid="heads-file">
            <Icon name="download" /> Download JSON
          </a>
        )}
      </div>
      {missing.heads && (
        <p className="heads-missing" data-testid="heads-missing">
          Not shown: {missing.heads}
        </p>
      )}
      <View {...props} />
    </div>
  );
}
