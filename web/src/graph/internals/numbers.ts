/** Arrays of numbers as the server sends them: base64 inside JSON. */
import type { Numbers } from "../../api/types";

/** Numbers in the order of the last axis first. NaN: not known. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What stands for NaN in 8 bits. */
const UNKNOWN = -128;

export function valuesOf({ shape, dtype, scale, data }: Numbers): Values {
  const letters = atob(data);
  const bytes = new Uint8Array(letters.length);
  // Uint8Array.from takes seconds for the flow of a long prompt.
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  if (dtype === "float32") return { shape, values: new Float32Array(bytes.buffer) };
  const small = new Int8Array(bytes.buffer);
  return { shape, values: Float32Array.from(small, (value) => (value === UNKNOWN ? Number.NaN : value * scale)) };
}

/** The part of an array at an index of its first axis, as a view. */
export function at({ shape, values }: Values, index: number): Values {
  const size = shape.slice(1).reduce((product, each) => product * each, 1);
  return { shape: shape.slice(1), values: values.subarray(index * size, (index + 1) * size) };
}

/** The largest |value|; 0 where all are unknown. */
export function largest({ values }: Values): number {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most && Number.isFinite(value)) most = Math.abs(value);
  return most;
}
