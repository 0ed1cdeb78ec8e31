import { describe, expect, it } from "vitest";
import { at, largest, valuesOf } from "./numbers";

const base64 = (bytes: ArrayBufferLike): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

describe("arrays of the server", () => {
  it("are read as they were sent", () => {
    const sent = new Float32Array([1.5, -2, NaN, 0.25]);
    const { shape, values } = valuesOf({ shape: [2, 2], dtype: "float32", scale: 1, data: base64(sent.buffer) });
    expect(shape).toEqual([2, 2]);
    expect([...values]).toEqual([1.5, -2, NaN, 0.25]);
  });
  it("in 8 bits are to be scaled", () => {
    const read = valuesOf({ shape: [4], dtype: "int8", scale: 0.5, data: base64(new Int8Array([127, -127, 0, -128]).buffer) });
    expect([...read.values]).toEqual([63.5, -63.5, 0, NaN]);
  });
  it("have parts and a largest value", () => {
    const all = { shape: [2, 2], values: new Float32Array([1, -4, 2, NaN]) };
    expect([...at(all, 1).values]).toEqual([2, NaN]);
    expect(at(all, 1).shape).toEqual([2]);
    expect(largest(all)).toBe(4);
  });
});
