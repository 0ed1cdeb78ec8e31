import { describe, expect, it } from "vitest";
import { collectionAddress, collectionOf } from "./collection";

describe("a collection's address", () => {
  it("says its name, whatever is in it", () => {
    for (const name of ["cities", "a & b = c?", "Ада 🦜", "100%"]) {
      const address = new URL(collectionAddress(name), "http://localhost");
      expect(address.pathname).toBe("/");
      expect(collectionOf(address.search)).toBe(name);
    }
  });

  it("is the first page's own where all graphs are listed", () => {
    expect(collectionAddress(null)).toBe("/");
    expect(["", "?collection=", "?other=x"].map(collectionOf)).toEqual([null, null, null]);
  });
});
