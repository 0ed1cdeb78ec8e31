/** The position under the pointer in any tab, for a component that shows it. */
import { useSyncExternalStore } from "react";
import type { Pointed } from "../pointed";

/** The key that is pointed at, or the query where there is none; null: neither. */
export const usePointedPosition = (pointed: Pointed): number | null =>
  useSyncExternalStore(
    (listener) => pointed.subscribe(listener),
    () => pointed.at?.key ?? pointed.at?.query ?? null,
  );
