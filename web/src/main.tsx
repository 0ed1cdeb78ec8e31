// Before the rest, whose reading takes time.
import "./home/library/ahead";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// Shared styles come first, so that a panel's own win over them.
import "./shared/colours.css";
import "./shared/theme.css";
import "./shared/primitives.css";
import { App } from "./App";
import { fetchAhead } from "./rooms";
import { keepFocus } from "./shared/keep/focus";
import { routeOf, tabAddress } from "./shared/router";
import { applyTheme, askedTheme, storedTheme } from "./shared/theme";

// What the address names is on its way while React starts.
fetchAhead(routeOf(window.location.pathname).page);
applyTheme(askedTheme(window.location.search) ?? storedTheme());
const tab = tabAddress(window.location.pathname, window.location.search);
if (tab) window.history.replaceState(null, "", tab);

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
keepFocus(root);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
