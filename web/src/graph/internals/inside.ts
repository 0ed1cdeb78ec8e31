/** What the tabs of a prompt's internals show, and what each of them gets. */
import type { FlowMeasure, InternalsAnswer, InternalsParameters, PatternKind } from "../../api/types";
import type { GraphModel } from "../model/model";
import type { Pointed } from "./pointed";

export interface Head {
  readonly layer: number;
  readonly head: number;
}

/** A head's query (row) and key (column), positions of the prompt. */
export interface Cell {
  readonly query: number;
  readonly key: number;
}

/** The tabs, in their order. */
export const INSIDE_TABS = ["attention", "heads", "tokens", "flow"] as const;
export type InsideTab = (typeof INSIDE_TABS)[number];

export const MODES = ["small", "large", "lines"] as const;
export const NOTATIONS = ["dot", "LH"] as const;
export const HEAD_VIEWS = ["map", "scatter", "sankey", "space"] as const;

/** The names of maps of heads. */
export const MAPS = [
  "attribution", "direct_logit", "ablation", "carried",
  "entropy", "normalised_entropy", "max_attention", "mean_distance", "previous_token", "first_token", "induction", "duplicate_token",
] as const;

/** What the tabs show: the part of the page's state, and of its address, that is theirs. Selected are head and cell elsewhere. */
export interface Inside {
  // Attention
  /** The layers whose heads are shown; null: the selected head's. */
  readonly layers: readonly number[] | null;
  /** The heads that are shown, whatever their layers; null: all of the layers. */
  readonly heads: readonly Head[] | null;
  readonly kind: PatternKind;
  readonly mode: (typeof MODES)[number];
  readonly notation: (typeof NOTATIONS)[number];
  /** Whether the first token is left out, of patterns and of statistics. */
  readonly withoutFirst: boolean;
  /** Ids of other graphs of the model, whose prompts are shown beside this one. */
  readonly others: readonly string[];
  readonly title: string | null;
  readonly help: boolean;
  // Heads
  readonly view: (typeof HEAD_VIEWS)[number];
  /** The names of the maps that are shown: of the heat map and of the scatter's y, and of its x. */
  readonly map: string;
  readonly across: string;
  // Flow
  readonly measure: FlowMeasure;
  /** The source that is traced; the number of tokens stands for the biases; null: none. */
  readonly traced: number | null;
  /** The sources that are left out. */
  readonly without: readonly number[];
  /** Whether shares are of what is left. */
  readonly renormalised: boolean;
  /** Whether pieces of words are one source. */
  readonly words: boolean;
}

export const FIRST_INSIDE: Inside = {
  layers: null,
  heads: null,
  kind: "standard",
  mode: "large",
  notation: "LH",
  withoutFirst: false,
  others: [],
  title: null,
  help: false,
  view: "map",
  map: "attribution",
  across: "ablation",
  measure: "norm",
  traced: null,
  without: [],
  renormalised: false,
  words: true,
};

/** What every tab gets. */
export interface InsideProps {
  model: GraphModel;
  internals: InternalsAnswer;
  inside: Inside;
  onInside: (change: Partial<Inside>) => void;
  /** The selected head and cell, which all tabs and the details share; null: none. */
  head: Head | null;
  cell: Cell | null;
  /** Selects a head, and a cell of it; null: none is selected. */
  onHead: (head: Head | null, cell?: Cell | null) => void;
  /** Opens the form by which they are computed again, with these options in place of those that they have. */
  onCompute: (change: InternalsParameters) => void;
  /** Goes to another of the tabs. */
  onTab: (tab: InsideTab) => void;
  /** The position, or query and key, under the pointer in any tab or in the token strip. */
  pointed: Pointed;
}

/** "2.3" or "L2H3". */
export const headName = ({ layer, head }: Head, notation: Inside["notation"]): string =>
  notation === "dot" ? `${layer}.${head}` : `L${layer}H${head}`;

/** A token's text with its place, so that equal tokens are told apart: "the (6)". */
export const tokenName = (tokens: readonly string[], position: number): string => `${(tokens[position] ?? "").trim() || JSON.stringify(tokens[position] ?? "")} (${position})`;
