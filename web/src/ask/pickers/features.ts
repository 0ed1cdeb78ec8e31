/** Features of all graphs as choices of a field. */
import type { Found } from "../../api/types";
import { counted, featureName } from "../../shared/format";
import { featureKey } from "../results/keys";
import type { Choice } from "./Combo";

export function featureChoices({ features }: Pick<Found, "features">): Choice[] {
  return features.map((feature) => {
    const { model, transcoder_set: set, layer, index, site, label, n_nodes: nodes } = feature;
    const name = featureName(layer, index, site);
    const detail = [label === null ? "" : name, counted(nodes, "node"), `${model}, ${set}`].filter(Boolean).join(" · ");
    return { value: featureKey(feature), text: label ?? name, detail };
  });
}
