/** The feature of a node. */
import type { FeatureName } from "../../api/client";
import type { GraphModel } from "./model";

/** What names the feature of a feature node in every graph. */
export function featureOf({ record, nodes }: GraphModel, node: number): FeatureName {
  const site = nodes.site[node] ?? null;
  const set = site === null ? record.transcoder_set : (record.attention_set ?? record.transcoder_set);
  return { model: record.model, transcoder_set: set, layer: nodes.layer[node] ?? 0, index: nodes.index[node] ?? 0, site };
}
