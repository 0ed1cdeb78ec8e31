import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { applyTheme, storedTheme } from "./shared/theme";
import "./shared/theme.css";
import "./home/home.css";
import "./graph/question/question.css";
import "./graph/answer/paths.css";
import "./graph/drawing/drawing.css";
import "./graph/details.css";
import "./graph/question/help.css";
import "./graph/graph.css"; // last: it lays the three columns out anew where the window is narrow

applyTheme(storedTheme());

const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
