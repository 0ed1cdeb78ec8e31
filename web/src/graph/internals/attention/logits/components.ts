/** A logit as the sum of what the model's components give to it, at one position. */
import type { ComponentsAnswer } from "../../../../api/types";
import { headName, type Head, type Inside } from "../../inside";
import { valuesOf } from "../../numbers";

export interface Component {
  readonly name: string;
  /** Null: it is no head. */
  readonly head: Head | null;
  readonly value: number;
}

export interface LogitSum {
  /** The largest |value| first; those that give nothing are left out. */
  readonly components: readonly Component[];
  readonly sum: number;
  /** The model's own. */
  readonly logit: number;
  /** What it is the logit of, in quotes where it is a token. */
  readonly towards: string;
  /** |sum − logit| */
  readonly error: number;
}

const HEAD = /^(\d+)\.(\d+)$/;

export function logitAt({ names, values, logit, towards }: ComponentsAnswer, position: number, notation: Inside["notation"]): LogitSum {
  const { shape, values: all } = valuesOf(values);
  const n = shape[1] ?? 0;
  const components = names.map((name, row): Component => {
    const [, layer, number] = HEAD.exec(name) ?? [];
    const head = layer === undefined || number === undefined ? null : { layer: Number(layer), head: Number(number) };
    return { name: head ? headName(head, notation) : name, head, value: all[row * n + position] ?? Number.NaN };
  });
  const sum = components.reduce((total, { value }) => total + value, 0);
  const own = valuesOf(logit).values[position] ?? Number.NaN;
  return {
    components: components.filter(({ value }) => value !== 0).sort((a, b) => Math.abs(b.value) - Math.abs(a.value)),
    sum,
    logit: own,
    towards: towards[position] ?? "",
    error: Math.abs(sum - own),
  };
}
