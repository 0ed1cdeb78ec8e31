/**
 * The page: what its address names, or the form for the server's token; files may be dropped anywhere on it.
 *
 *     main.tsx -> App.tsx -> home/ | rooms.tsx -> runs/ | graph/ | compare/ | ask/ | features/ | collection/ | find/ -> shared/ -> api/
 *
 * architecture.test.ts holds the rooms and the arrows between them.
 */
import { useEffect } from "react";
import { useLocked } from "./api/lock";
import { Find } from "./find/Find";
import { Home } from "./home/Home";
import { TokenForm } from "./home/TokenForm";
import { ImportProvider } from "./imports/ImportDrop";
import { Ask, Collection, Compare, Feature, fetchAhead, Graph, Runs } from "./rooms";
import { DeletionProvider } from "./shared/deletion/DeletionProvider";
import { Elsewhere } from "./shared/frames/Elsewhere";
import { isEmbedded } from "./shared/frames/embed";
import { follow, routeOf, usePath } from "./shared/router";
import { TopBar } from "./shared/TopBar";

/** Most rows lead to a graph, whose page is fetched once the rows are here. */
const onListed = (): void => fetchAhead("graph");

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
      {route.page === "home" && <Home onListed={onListed} />}
      {route.page === "graph" && <Graph key={route.id} id={route.id} />}
      {route.page === "runs" && <Runs />}
      {route.page === "compare" && <Compare />}
      {route.page === "ask" && <Ask />}
      {route.page === "feature" && <Feature key={JSON.stringify(route.feature)} feature={route.feature} />}
      {route.page === "collection" && <Collection key={route.name} name={route.name} />}
      {route.page === "nowhere" && <Nowhere />}
      <Find />
    </ImportProvider>
    </DeletionProvider>
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
