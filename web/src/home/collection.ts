/** The collection whose graphs the first page lists, as its address says it: `/?collection=NAME`. */

const PARAMETER = "collection";

/** The name in the query of an address; null: all graphs are listed. */
export function collectionOf(search: string): string | null {
  const name = new URLSearchParams(search).get(PARAMETER);
  return name === "" ? null : name;
}

export const collectionAddress = (name: string | null): string =>
  name === null ? "/" : `/?${new URLSearchParams({ [PARAMETER]: name }).toString()}`;
