/** One feature: what it is called, and how much it matters in each graph. */
import type { CompareAnswer, ComparedFeature } from "../../api/types";
import { featureName } from "../../shared/format";
import { featureAddress, follow, graphAddress } from "../../shared/router";
import { SIDES, targetOf, type Asked } from "../asked";
import { partOf, placeOf } from "./rows";
import { graphQuery } from "./links";
import { Measure } from "./Measure";
import "./FeatureRow.css";

interface FeatureRowProps {
  row: ComparedFeature;
  answer: CompareAnswer;
  asked: Asked;
  most: number;
}

export function FeatureRow({ row, answer, asked, most }: FeatureRowProps) {
  const { graphs, model, transcoder_set: set } = answer;
  const parts = SIDES.map((side) => ({ side, part: partOf(row, graphs, side) }));
  const labels = [...new Set(parts.flatMap(({ part }) => part?.label ?? []))];
  const name = featureName(row.layer, row.index, row.site);
  return (
    <div className="feature-row" data-testid="feature-row" data-feature={`${row.layer}/${row.index}`}>
      <p className="ellipsis" title={labels.join(" / ")}>
        {labels.length > 0 && <b>{labels.join(" / ")} </b>}
        {model !== null && set !== null ? (
          <a className={labels.length > 0 ? "muted" : ""} href={featureAddress({ model, transcoder_set: set, layer: row.layer, index: row.index, site: row.site ?? null })} onClick={follow}>
            {name}
          </a>
        ) : (
          name
        )}
      </p>
      {parts.map(
        ({ side, part }) =>
          part && (
            <Measure
              key={side}
              side={side}
              href={graphAddress(graphs[placeOf(side)]?.id ?? "") + graphQuery({ target: targetOf(asked, side), selected: part.nodes })}
              effect={null}
              size={part.node_influence}
              most={most}
            />
          ),
      )}
    </div>
  );
}
