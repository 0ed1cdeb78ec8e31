/** The positions under the pointer in any tab or in the token strip, for a component that shows them. */
import { useSyncExternalStore } from "react";
import type { At, Pointed } from "./pointed";

export const usePointed = (pointed: Pointed): At | null =>
  useSyncExternalStore(
    (listener) => pointed.subscribe(listener),
    () => pointed.at,
  );
