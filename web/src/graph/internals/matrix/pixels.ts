/** A matrix as a picture of one pixel a cell. */
import type { Values } from "../numbers";
import { placeOf, type Ramp, type Rgb, type Scale } from "./colours";

/**
 * The bytes (red, green, blue, opacity) of a matrix [rows, columns]. What is not known (NaN) is transparent. `masked`: the
 * colour of the cells whose column is beyond their row, which a causal pattern does not have; null: all are cells.
 */
export function pixelsOf({ shape, values }: Values, scale: Scale, ramp: Ramp, masked: Rgb | null): Uint8ClampedArray<ArrayBuffer> {
  const columns = shape[1] ?? 0;
  const bytes = new Uint8ClampedArray(4 * values.length);
  values.forEach((value, at) => {
    if (masked && at % columns > Math.floor(at / columns)) {
      bytes.set(masked, 4 * at);
      bytes[4 * at + 3] = 255;
      return;
    }
    const place = placeOf(value, scale, ramp);
    if (place < 0) return;
    for (let channel = 0; channel < 3; channel++) bytes[4 * at + channel] = ramp.bytes[place + channel] ?? 0;
    bytes[4 * at + 3] = 255;
  });
  return bytes;
}
