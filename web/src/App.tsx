/**
 * The page: what its address names, or the form for the server's token; files may be dropped anywhere on it.
 *
 *     main.tsx -> App.tsx -> home/ | runs/ | graph/ | compare/ | ask/ | features/ | collection/ | find/ -> shared/ -> api/
 *
 * architecture.test.ts holds the rooms and the arrows between them.
 */
import { lazy, Suspense, useEffect } from "react";
import { useLocked } from "./api/lock";
import { Find } from "./find/Find";
import { Graph } from "./graph/Graph";
import { Home } from "./home/Home";
import { ImportProvider } from "./imports/ImportDrop";
import { TokenForm } from "./home/TokenForm";
import { DeletionProvider } from "./shared/deletion/DeletionProvider";
import { Elsewhere } from "./shared/frames/Elsewhere";
import { isEmbedded } from "./shared/frames/embed";
import { follow, routeOf, usePath } from "./shared/router";
import { TopBar } from "./shared/TopBar";

// The first page and a graph's come at once, the others when they are opened.
const Runs = lazy(async () => ({ default: (await import("./runs/Runs")).Runs }));
const Compare = lazy(async () => ({ default: (await import("./compare/Compare")).Compare }));
const Ask = lazy(async () => ({ default: (await import("./ask/Ask")).Ask }));
const Feature = lazy(async () => ({ default: (await import("./features/Feature")).Feature }));
const Collection = lazy(async () => ({ default: (await import("./collection/Collection")).Collection }));

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
    <DeletionProvider>
    <ImportProvider>
      {route.page === "home" && <Home />}
      {route.page === "graph" && <Graph key={route.id} id={route.id} />}
      <Suspense fallback={<Opening />}>
        {route.page === "runs" && <Runs />}
        {route.page === "compare" && <Compare />}
        {route.page === "ask" && <Ask />}
        {route.page === "feature" && <Feature key={JSON.stringify(route.feature)} feature={route.feature} />}
        {route.page === "collection" && <Collection key={route.name} name={route.name} />}
      </Suspense>
      {route.page === "nowhere" && <Nowhere />}
      <Find />
    </ImportProvider>
    </DeletionProvider>
  );
}

/** While a page's code is on its way. */
function Opening() {
  return (
    <div className="page">
      <TopBar />
    </div>
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
