/**
 * The page: one of its two views, or the form for the server's token; files may be dropped anywhere on it.
 *
 *     main.tsx -> App.tsx -> home/ | graph/ -> shared/ -> api/
 *
 * architecture.test.ts holds the rooms and the arrows between them.
 */
import { useEffect } from "react";
import { useLocked } from "./api/lock";
import { Graph } from "./graph/Graph";
import { Home } from "./home/Home";
import { ImportProvider } from "./home/ImportDrop";
import { TokenForm } from "./home/TokenForm";
import { Elsewhere } from "./shared/frames/Elsewhere";
import { isEmbedded } from "./shared/frames/embed";
import { follow, routeOf, usePath } from "./shared/router";
import { TopBar } from "./shared/TopBar";

export function App() {
  const route = routeOf(usePath());
  const locked = useLocked();
  if (isEmbedded()) {
    // What asks for a secret or takes files stands under its own address only.
    if (locked) return <Elsewhere why="This server asks for a token, which is told where it stands alone." />;
    if (route.page !== "graph") return <Elsewhere why="Only a graph is shown inside another page." />;
    return <Graph key={route.id} id={route.id} />;
  }
  if (locked) return <TokenForm />;
  return (
    <ImportProvider>
      {route.page === "home" && <Home />}
      {route.page === "graph" && <Graph key={route.id} id={route.id} />}
      {route.page === "nowhere" && <Nowhere />}
    </ImportProvider>
  );
}

function Nowhere() {
  useEffect(() => {
    document.title = "Not found · Circuit Explorer";
  }, []);
  return (
    <div className="page">
      <TopBar />
      <main className="notice">
        <h1>There is nothing at this address</h1>
        <p>
          The graphs are on the{" "}
          <a href="/" onClick={follow}>
            first page
          </a>
          .
        </p>
      </main>
    </div>
  );
}
