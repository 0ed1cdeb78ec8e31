/** The bar over every view: where one is, and the theme. */
import { useState, type ReactNode } from "react";
import { follow } from "./router";
import { storedTheme, storeTheme, THEMES } from "./theme";
import { Icon } from "./Icon";

interface TopBarProps {
  /** After "Graphs /". */
  place?: ReactNode;
  /** Buttons before the theme's. */
  actions?: ReactNode;
}

export function TopBar({ place, actions }: TopBarProps) {
  return (
    <header className="top-bar">
      <a className="brand" href="/" onClick={follow}>
        Circuit Explorer
      </a>
      <nav aria-label="Place">
        {place === undefined ? null : (
          <>
            <a className="quiet" href="/" onClick={follow}>
              Graphs
            </a>
            <span className="slash" aria-hidden="true">
              /
            </span>
          </>
        )}
      </nav>
      <div className="place">{place}</div>
      {actions}
      <ThemeButton />
    </header>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Theme: ${theme}. Change to ${next}`}
      title={`Theme: ${theme}`}
      data-testid="theme"
      onClick={() => {
        storeTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={theme} />
    </button>
  );
}
