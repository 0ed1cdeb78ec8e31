/** The reader's choice of light, dark or the system's, remembered in this browser; or what the address asks for, `?theme=dark`. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "circuit-explorer-theme";

const isTheme = (value: string | null): value is Theme => THEMES.some((theme) => theme === value);

/** The theme chosen before; "system" without a choice or without storage. */
export function storedTheme(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return isTheme(value) ? value : "system";
  } catch {
    return "system";
  }
}

const NAME = "theme";

/** The theme that an address' query asks for, while it does; null: none. */
export function askedTheme(search: string): Theme | null {
  const asked = new URLSearchParams(search).get(NAME);
  return asked === "light" || asked === "dark" ? asked : null;
}

/** A page's query with the theme that the present one asks for. */
export function withTheme(search: string, present: string): string {
  const theme = askedTheme(present);
  return theme === null ? search : `${search === "" ? "?" : `${search}&`}${NAME}=${theme}`;
}

/** The query without a theme that there is. */
export function withoutTheme(search: string): string {
  if (askedTheme(search) === null) return search;
  const kept = search.replace(/^\?/, "").split("&").filter((part) => part.split("=")[0] !== NAME);
  return kept.length > 0 ? `?${kept.join("&")}` : "";
}

export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
}

/** The theme that was applied. */
export function shownTheme(): Theme {
  const shown = document.documentElement.dataset.theme ?? null;
  return isTheme(shown) ? shown : "system";
}

export function storeTheme(theme: Theme): void {
  applyTheme(theme);
  // The choice stands over the address.
  const { pathname, search } = window.location;
  if (askedTheme(search)) window.history.replaceState(window.history.state, "", pathname + withoutTheme(search));
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the theme lasts until the page is left.
  }
}

export type Scheme = "light" | "dark";

/**
 * The values of custom properties at `element`, or those that they have there in another scheme, as "rgb(r, g, b)"; all are
 * asked at once, for one computation of styles.
 */
export function coloursAt<Name extends string>(element: HTMLElement, properties: Readonly<Record<Name, string>>, scheme?: Scheme): Record<Name, string> {
  const host = document.createElement("span");
  if (scheme) host.dataset.scheme = scheme;
  const probes = (Object.entries(properties) as [Name, string][]).map(([name, property]) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${property})`;
    host.append(probe);
    return [name, probe] as const;
  });
  element.append(host);
  const colours = Object.fromEntries(probes.map(([name, probe]) => [name, getComputedStyle(probe).color])) as Record<Name, string>;
  host.remove();
  return colours;
}

/** "rgb(r, g, b)" as its three numbers. */
export function rgb(colour: string): [red: number, green: number, blue: number] {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

/** Calls `changed` when the system's theme or the page's own becomes another; returns how to stop. */
export function onTheme(changed: () => void): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  const watcher = new MutationObserver(changed);
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    dark.removeEventListener("change", changed);
    watcher.disconnect();
  };
}
