/** What the address of a collection's page says: which list of what its graphs share is shown, and the row that is open. */

export const LISTS = ["features", "sequences"] as const;
export type CommonList = (typeof LISTS)[number];

export interface Asked {
  list: CommonList;
  /** The key of the row whose graphs are shown (words.ts); null: none is. */
  open: string | null;
}

export function askedIn(search: string): Asked {
  const said = new URLSearchParams(search);
  return { list: LISTS.find((each) => each === said.get("list")) ?? "sequences", open: said.get("open") };
}

/** The query of the address. */
export function searchOf({ list, open }: Asked): string {
  return `?${new URLSearchParams({ list, ...(open === null ? {} : { open }) }).toString()}`;
}

/** The first page with the graphs of a collection. */
export const libraryAddress = (name: string): string => `/?${new URLSearchParams({ collection: name }).toString()}`;
