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
