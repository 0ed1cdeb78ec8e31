/** The steps of a path or a group sequence, and their names. */
import type { GroupBy, GroupStep, PathNode } from "../../api/types";
import { featureName } from "../../shared/format";
import { isInferred, originText } from "../../shared/labels/origin";
import { sourceName, type GraphModel, type NodeName } from "../model/model";
import { placeName } from "../names/places";

export interface Step {
  text: string;
  /** A token is set in monospace, a label as a pill, an unlabelled feature in grey. */
  form: "token" | "label" | "plain";
  /** Stands beside the name always: a labelled feature's layer, the token at a position. */
  note: NodeName | null;
  /** Tell it from steps of the same name: a feature's index, its position. */
  extras: readonly NodeName[];
  /** Those of the extras that are shown, because two rows would read alike. */
  marks: readonly NodeName[];
  title: string;
  /** Whether the label is borrowed or made. */
  isInferred: boolean;
}

/** What a step is made of, whether it is one node or a group of them. */
type Traits = Pick<PathNode, "kind" | "label"> & {
  token: string | null;
  layer: number | null;
  index: number | null;
  position: number | null;
  site: string | null;
  size: number;
  isInferred: boolean;
  /** Where the label is from. */
  origin: string | null;
};

const plain = (text: string): NodeName => ({ text, isToken: false });

function stepOf(model: GraphModel, of: Traits, note: NodeName | null): Step {
  const { kind, label, token, layer, index, position, site, size, isInferred, origin } = of;
  const place = position === null ? null : placeName(model, position);
  const feature = kind === "feature" && layer !== null && index !== null ? featureName(layer, index, site) : null;
  const where = size > 1 ? `${size} nodes` : `position ${position ?? "?"}`;
  const title = [feature, where, origin && `label ${origin}`].filter(Boolean).join(", ");
  const named = { note, marks: [], title, isInferred };
  // A supernode may hold embeddings and logits, but it has a name and no token.
  if ((kind === "embedding" || kind === "logit") && (token !== null || label === null)) {
    const isAtPlace = kind === "embedding" && place !== null;
    const text = isAtPlace ? place : model.writeToken(token ?? "", { kind, position, index });
    return { ...named, text, form: "token", extras: isAtPlace || index === null ? [] : [plain(`#${index}`)] };
  }
  const at = place === null ? [] : [{ text: place, isToken: true }];
  if (label !== null) {
    return { ...named, text: label, form: "label", extras: [...(feature === null ? [] : [plain(`#${index ?? ""}`)]), ...at] };
  }
  if (kind === "error") return { ...named, text: sourceName(layer ?? 0, site), form: "plain", extras: at };
  return { ...named, text: feature ?? "features", form: "plain", extras: at };
}

const layerNote = (layer: number | null): NodeName | null => (layer === null ? null : plain(`L${layer}`));

/** Features with one label are told apart by their layers, positions by their tokens. */
export function stepOfGroup(model: GraphModel, step: GroupStep, groupBy: GroupBy): Step {
  const at =
    groupBy === "position" && step.position !== null ? { text: placeName(model, step.position), isToken: true } : null;
  const note = step.name === null ? null : groupBy === "feature" ? layerNote(step.layer) : at;
  const inferred = step.label_sources.length > 0 && step.label_sources.every(isInferred);
  return stepOf(model, { ...step, label: step.name, size: step.nodes.length, isInferred: inferred, origin: null }, note);
}

export const stepOfNode = (model: GraphModel, node: PathNode): Step =>
  stepOf(
    model,
    { ...node, size: 1, isInferred: isInferred(node.label_origin?.source), origin: originText(node.label_origin) },
    node.label === null ? null : layerNote(node.layer),
  );

/** The step in words, with what tells it from others where that is needed: "Texas", "Texas L0 #1861". */
export const stepText = ({ text, note, marks }: Step): string =>
  marks.length === 0 ? text : [text, ...(note ? [note.text] : []), ...marks.map((mark) => mark.text)].join(" ");
