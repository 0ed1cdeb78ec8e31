/**
 * shared/: what more than one room needs. The bar over every page, addresses, themes, numbers as words, small panels.
 *
 *     TopBar -> router.ts | theme.ts | Icon;  Prediction -> format.ts;  Trouble;  DeleteGraph -> Icon;  list/ (long lists, where lines will be)
 *     TopBar -> find/ (opens the search over everything);  labels/ (where a label is from)
 *     useAnswer.ts (asks the server until it answers);  keep/ (the focus, the scroll);  frames/ (the page inside another page)
 *     jobs/ (a job followed to its end);  hooks/ (keys that act anywhere, a row of buttons as one stop, the full screen) -> keys.ts
 */
import { useSyncExternalStore, type ReactNode } from "react";
import { findKeys, openFind } from "./find/openFind";
import { Icon } from "./Icon";
import { MOST_COUNTED, useUnfinished } from "./jobs/useUnfinished";
import { follow, routeOf, usePath } from "./router";
import { onTheme, shownTheme, storeTheme, THEMES } from "./theme";
import "./TopBar.css";

interface TopBarProps {
  /** What is open, after the pages. */
  place?: ReactNode;
  /** Buttons before the theme button. */
  actions?: ReactNode;
}

const PAGES = [
  { page: "home", path: "/", text: "Library" },
  { page: "runs", path: "/runs", text: "Runs" },
  { page: "compare", path: "/compare", text: "Compare" },
  { page: "ask", path: "/ask", text: "Ask" },
] as const;

export function TopBar({ place, actions }: TopBarProps) {
  const { page } = routeOf(usePath());
  const unfinished = useUnfinished();
  const unfinishedText = unfinished < MOST_COUNTED ? String(unfinished) : `${MOST_COUNTED - 1}+`;
  return (
    <header className="top-bar">
      <a className="top-bar-brand" href="/" onClick={follow}>
        Circuit Explorer
      </a>
      <nav className="top-bar-pages" aria-label="Pages">
        {PAGES.map((each) => (
          <a key={each.path} href={each.path} aria-current={page === each.page ? "page" : undefined} onClick={follow}>
            {each.text}
            {each.page === "runs" && unfinished > 0 && (
              <span className="top-bar-count" title={`${unfinishedText} waiting or running`} data-testid="unfinished">
                {unfinishedText}
              </span>
            )}
          </a>
        ))}
      </nav>
      {place !== undefined && (
        <span className="top-bar-slash" aria-hidden="true">
          /
        </span>
      )}
      <div className="top-bar-place ellipsis">{place}</div>
      {actions}
      <button type="button" className="top-bar-find" aria-keyshortcuts="Control+K Meta+K" title={`Find anything (${findKeys()})`} data-testid="find-open" onClick={openFind}>
        <Icon name="search" />
        <span className="unseen">Find</span>
        <kbd>{findKeys()}</kbd>
      </button>
      <ThemeButton />
    </header>
  );
}

function ThemeButton() {
  // The page has it, so that whoever else changes it changes the button.
  const theme = useSyncExternalStore(onTheme, shownTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      data-testid="theme"
      onClick={() => storeTheme(next)}
    >
      <Icon name={theme} />
    </button>
  );
}
