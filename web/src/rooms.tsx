/** The pages whose code comes on its own: that of the page that the address names at once, the others' when they are opened. */
import type { ComponentType } from "react";
import { isEmbedded } from "./shared/frames/embed";
import type { Route } from "./shared/router";
import { TopBar } from "./shared/TopBar";
import { Trouble } from "./shared/Trouble";
import { useAnswer } from "./shared/useAnswer";

/** Not React's `lazy`: it would show the bar alone for 300 ms, though the code is here at once or was before. */
function room<Props extends object>(fetch: () => Promise<ComponentType<Props>>) {
  let here: ComponentType<Props> | null = null;
  const load = async () => (here ??= await fetch());
  function Page(props: Props) {
    const { error, again } = useAnswer(here ? null : "code", load);
    const Here = here;
    if (Here) return <Here {...props} />;
    return (
      <div className="page">
        {!isEmbedded() && <TopBar />}
        {error && (
          <main className="notice">
            <Trouble error={error} title="The page could not be fetched" onRetry={again} />
          </main>
        )}
      </div>
    );
  }
  return { Page, load };
}

const ROOMS = {
  graph: room(async () => (await import("./graph/Graph")).Graph),
  runs: room(async () => (await import("./runs/Runs")).Runs),
  compare: room(async () => (await import("./compare/Compare")).Compare),
  ask: room(async () => (await import("./ask/Ask")).Ask),
  feature: room(async () => (await import("./features/Feature")).Feature),
  collection: room(async () => (await import("./collection/Collection")).Collection),
};

export const { Page: Graph } = ROOMS.graph;
export const { Page: Runs } = ROOMS.runs;
export const { Page: Compare } = ROOMS.compare;
export const { Page: Ask } = ROOMS.ask;
export const { Page: Feature } = ROOMS.feature;
export const { Page: Collection } = ROOMS.collection;

/** Fetches a page's code ahead. Where that fails, it is fetched again when the page is shown. */
export function fetchAhead(page: Route["page"]): void {
  if (page in ROOMS) ROOMS[page as keyof typeof ROOMS].load().catch(() => undefined);
}
