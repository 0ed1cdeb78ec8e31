/** A link to a stored graph, called by its prompt. */
import { barePrompt, middleCut } from "../format";
import { follow, graphAddress } from "../router";
import { fullTitle, type NamedGraph } from "./title";

/** Characters of a prompt: about three lines of a panel. */
const MOST = 100;

interface NameProps {
  graph: NamedGraph;
  /** What tells it from others with the same prompt (`besidePrompts`). */
  beside: string | undefined;
}

export function GraphLink({ graph, beside }: NameProps) {
  return (
    <a href={graphAddress(graph.id)} title={fullTitle(graph)} onClick={follow}>
      <GraphLinkText graph={graph} beside={beside} />
    </a>
  );
}

/** The same text, where the link leads elsewhere. */
export function GraphLinkText({ graph, beside }: NameProps) {
  return (
    <>
      {middleCut(barePrompt(graph), MOST) || graph.name}
      {beside && <span className="muted"> {beside}</span>}
    </>
  );
}
