/** What stands in each tab, loaded when it is opened, and the parts that it shows. */
import { lazy, type ComponentType } from "react";
import type { InternalsPart } from "../../api/types";
import type { InsideProps, InsideTab } from "./inside";

interface TabOf {
  name: string;
  Content: ComponentType<InsideProps>;
  /** It has something to show where one of these parts is there. The first is the one that it is about. */
  shows: readonly [InternalsPart, ...InternalsPart[]];
}

export const TABS_OF: Record<InsideTab, TabOf> = {
  attention: { name: "Attention", Content: lazy(async () => ({ default: (await import("./attention/Attention")).Attention })), shows: ["attention", "logits"] },
  heads: { name: "Heads", Content: lazy(async () => ({ default: (await import("./heads/Heads")).Heads })), shows: ["heads", "attention", "loadings"] },
  tokens: { name: "Tokens", Content: lazy(async () => ({ default: (await import("./tokens/TokenAttribution")).TokenAttribution })), shows: ["tokens"] },
  flow: { name: "Flow", Content: lazy(async () => ({ default: (await import("./flow/Flow")).Flow })), shows: ["flow"] },
};
