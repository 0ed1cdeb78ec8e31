/** Which heads are shown: by layers or by names, with numbers below 0 from the end, as CircuitsVis has them. */
import type { InternalsAnswer } from "../../../../api/types";
import { headName, type Head, type Inside } from "../../inside";
import { headIn } from "../../insideAddress";
import { valuesOf } from "../../numbers";

export type Choice = Pick<Inside, "layers" | "heads">;
type Sizes = Pick<InternalsAnswer, "n_layers" | "n_heads">;

/** The head that most of the prediction is attributed to; the first where that is not known. */
export function strongestHead({ maps, n_heads: nHeads }: Pick<InternalsAnswer, "maps" | "n_heads">): Head {
  let [at, most] = [0, 0];
  if (maps.attribution) {
    valuesOf(maps.attribution).values.forEach((value, place) => {
      if (Math.abs(value) > most) [at, most] = [place, Math.abs(value)];
    });
  }
  return { layer: Math.floor(at / nHeads), head: at % nHeads };
}

/** The heads that are shown, each once: those named, or all of the layers named, or all of the layer of `open`. Numbers are counted from 0. */
export function chosenHeads({ layers, heads }: Choice, nHeads: number, open: Head): Head[] {
  const named = heads ?? (layers ?? [open.layer]).flatMap((layer) => Array.from({ length: nHeads }, (_, head) => ({ layer, head })));
  return [...new Map(named.map((head) => [headName(head, "dot"), head])).values()];
}

/** Whether there is a number of `n`, or one that many from the end. */
const isIn = (number: number, n: number): boolean => number >= -n && number < n;

const LAYER = /^-?\d{1,6}$/;
const LAYERS = /^(\d{1,6})[-–](\d{1,6})$/;

/** What people write: layers (`0 2 -1`, `0-3`, `all`) and heads (`L2H3`, `2.3`, `-1.0`). Nothing: as it is by itself. Or why it cannot be. */
export function choiceIn(text: string, sizes: Sizes): Choice | string {
  const { n_layers: nLayers, n_heads: nHeads } = sizes;
  const layers: number[] = [];
  const heads: Head[] = [];
  for (const item of text.split(/[\s,;]+/).filter(Boolean)) {
    const range = LAYERS.exec(item);
    const head = headIn(item);
    if (item.toLowerCase() === "all") layers.push(...Array.from({ length: nLayers }, (_, layer) => layer));
    else if (LAYER.test(item)) {
      if (!isIn(Number(item), nLayers)) return absent("layer", item, nLayers);
      layers.push(Number(item));
    } else if (range) {
      const [first, last] = [Number(range[1]), Number(range[2])];
      if (last >= nLayers) return absent("layer", String(last), nLayers);
      if (last < first) return `${item} has no layers: write the first before the last.`;
      layers.push(...Array.from({ length: last - first + 1 }, (_, at) => first + at));
    } else if (head) {
      if (!isIn(head.layer, nLayers)) return absent("layer", String(head.layer), nLayers);
      if (!isIn(head.head, nHeads)) return absent("head", String(head.head), nHeads);
      heads.push(head);
    } else return `${JSON.stringify(item)} is no layer and no head. Write layers as 2, -1, 0-3 or all; heads as L2H3 or 2.3.`;
  }
  if (heads.length === 0) return { layers: layers.length > 0 ? [...new Set(layers)] : null, heads: null };
  const ofLayers = layers.flatMap((layer) => Array.from({ length: nHeads }, (_, head) => ({ layer, head })));
  return { layers: null, heads: [...ofLayers, ...heads] };
}

const absent = (kind: string, number: string, n: number): string => `There is no ${kind} ${number}: they are 0 to ${n - 1}, or -${n} to -1 from the end.`;

/** The choice as people write it; "" where it is as by itself. */
export const choiceText = ({ layers, heads }: Choice, notation: Inside["notation"]): string =>
  heads ? heads.map((head) => headName(head, notation)).join(" ") : (layers ?? []).join(" ");
