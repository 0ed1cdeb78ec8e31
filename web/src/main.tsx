import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
// Shared styles come first, so that a panel's own win over them.
import "./shared/colours.css";
import "./shared/theme.css";
import "./shared/primitives.css";
import { App } from "./App";
import { keepFocus } from "./shared/keep/focus";
import { applyTheme, storedTheme } from "./shared/theme";

applyTheme(storedTheme());

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
keepFocus(root);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
