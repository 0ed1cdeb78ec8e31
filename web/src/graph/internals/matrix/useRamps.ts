/** The ramps of the theme that the page has, which change with it. */
import { useSyncExternalStore } from "react";
import { coloursAt, onTheme, rgb } from "../../../shared/theme";
import { divergingRamp, sequentialRamp, type Ramp, type Rgb } from "./colours";

export interface Ramps {
  readonly sequential: Ramp;
  readonly diverging: Ramp;
  /** Of the cells that a causal pattern does not have. */
  readonly masked: Rgb;
}

const PROPERTIES = {
  none: "--heat-none",
  middle: "--heat-middle",
  full: "--heat-full",
  masked: "--heat-masked",
  positive: "--excites",
  negative: "--inhibits",
} as const;

let known: Ramps | null = null;
let stop: (() => void) | null = null;
const listeners = new Set<() => void>();

function ramps(): Ramps {
  if (known) return known;
  const { none, middle, full, masked, positive, negative } = coloursAt(document.body, PROPERTIES);
  known = { sequential: sequentialRamp([rgb(none), rgb(middle), rgb(full)]), diverging: divergingRamp(rgb(negative), rgb(none), rgb(positive)), masked: rgb(masked) };
  return known;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= onTheme(() => {
    known = null;
    for (const each of listeners) each();
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = known = null;
  };
}

export const useRamps = (): Ramps => useSyncExternalStore(subscribe, ramps);
