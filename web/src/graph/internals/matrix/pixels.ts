/** A matrix as a picture of one pixel a cell. */
import type { Values } from "../numbers";
import { stepOf, type Ramp, type Rgb, type Scale } from "./colours";

/**
 * The bytes (red, green, blue, opacity) of a matrix [rows, columns]. What is not known (NaN) is transparent. `masked`: the
 * colour of the cells whose column is beyond their row, which a causal pattern does not have; null: all are cells.
 */
export function pixelsOf({ shape, values }: Values, scale: Scale, ramp: Ramp, masked: Rgb | null): Uint8ClampedArray<ArrayBuffer> {
  const [rows = 0, columns = 0] = shape;
  const pixels = new Uint32Array(rows * columns);
  const { colours } = ramp;
  const beyond = masked === null ? 0 : packed(masked);
  for (let row = 0, at = 0; row < rows; row++) {
    const cells = masked === null ? columns : Math.min(columns, row + 1);
    for (let column = 0; column < columns; column++, at++) {
      if (column >= cells) pixels[at] = beyond;
      else {
        const value = values[at] ?? Number.NaN;
        if (!Number.isNaN(value)) pixels[at] = colours[stepOf(value, scale)] ?? 0;
      }
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}

const packed = (colour: Rgb): number => new Uint32Array(new Uint8Array([...colour, 255]).buffer)[0] ?? 0;
