/** What the server knows of a feature, asked again after every `revision` of names. */
import { getFeature, type FeatureName } from "../api/client";
import type { FeatureRecord } from "../api/types";
import { useAnswer, type Asked } from "../shared/useAnswer";

/** Null: no feature, which is not asked for. */
export const useFeature = (feature: FeatureName | null, revision: number): Asked<FeatureRecord> =>
  useAnswer(feature && JSON.stringify([feature, revision]), async (signal) => {
    if (feature === null) throw new Error("There is no feature to ask for.");
    return getFeature(feature, signal);
  });
