/**
 * The page inside another page: `?embed=true` shows a graph's drawing or circuit alone, and stores nothing. A page in a frame
 * is never more than that, whatever its address says: what lies over a frame could guide a reader's clicks.
 */
const NAME = "embed";

export function isEmbedded(): boolean {
  return new URLSearchParams(window.location.search).get(NAME) === "true" || window.self !== window.top;
}

/** The query of the embedded page of a page's query. */
export const embedding = (search: string): string => `${search === "" ? "?" : `${search}&`}${NAME}=true`;

/** The query of the page of an embedded page's. */
export function unembedded(search: string): string {
  const kept = search.replace(/^\?/, "").split("&").filter((part) => part !== "" && part.split("=")[0] !== NAME);
  return kept.length > 0 ? `?${kept.join("&")}` : "";
}

/** HTML that shows an address in another page. */
export function frameOf(address: string, title: string): string {
  const quoted = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<iframe src="${quoted(address)}" title="${quoted(title)}" width="800" height="500" style="border: 0" loading="lazy"></iframe>`;
}
