/** What several graphs share, in one row: in how many it is, the graph that has most of it, and, where it is open, all of these. */
import type { ReactNode } from "react";
import type { ReadGraph } from "../api/types";
import { barePrompt, count, exactToken, middleCut, percent } from "../shared/format";
import { Icon } from "../shared/Icon";
import { VirtualList } from "../shared/list/VirtualList";
import { fullTitle } from "../shared/graphs/title";
import { follow } from "../shared/router";
import "./CommonRow.css";

/** Pixels. */
const ROW = 30;
/** Characters of a prompt in the row, and in the list under it. */
const SHORT = 34;
const LONG = 90;

/** What is shared, in one of the graphs. */
export interface Part {
  graph: ReadGraph;
  share: number | null;
  /** Where it stands there. */
  address: string;
  /** The tokens that it begins at there, the strongest first; null: it begins at none. */
  sources: readonly string[] | null;
  /** How many tokens there are besides. */
  more: number;
}

interface CommonRowProps {
  name: string;
  beside: ReactNode;
  /** In how many graphs it is, of how many. */
  support: number;
  of: number;
  mean: string;
  /** The largest share first. */
  parts: readonly Part[];
  isOpen: boolean;
  onOpen: () => void;
}

export function CommonRow({ name, beside, support, of, mean, parts, isOpen, onOpen }: CommonRowProps) {
  const [best] = parts;
  return (
    <li className="common-row" data-testid="shared-row" data-open={isOpen}>
      <div className="common-row-line">
        <button type="button" className="common-row-open" aria-expanded={isOpen} onClick={onOpen}>
          <span className="common-row-name">{name}</span>
          <span className="common-row-figures">
            <span className="common-row-support">
              <span className="bar" aria-hidden="true">
                <span style={{ width: `${(100 * support) / Math.max(1, of)}%` }} />
              </span>
              <span>
                <span className="unseen">in </span>
                {count(support)} of {count(of)}
                <span className="unseen"> graphs</span>
              </span>
            </span>
            <span>
              <span className="unseen">mean share </span>
              {mean}
            </span>
          </span>
          <span className="common-row-mark" data-open={isOpen}>
            <Icon name="chevron" />
          </span>
        </button>
      </div>
      <p className="common-row-beside muted">
        {beside}
        {best && !isOpen && (
          <span className="ellipsis">
            {beside && "· "}most in{" "}
            <a href={best.address} title={fullTitle(best.graph)} onClick={follow} data-testid="shared-best">
              <Where part={best} most={SHORT} />
            </a>
          </span>
        )}
      </p>
      {isOpen && (
        <div className="common-row-graphs">
          <VirtualList
            n={parts.length}
            rowHeight={ROW}
            label={`Graphs with ${name}`}
            testId="shared-graphs-of"
            row={(at) => {
              const part = parts[at];
              return (
                part && (
                  <a className="common-row-graph" href={part.address} title={fullTitle(part.graph)} onClick={follow}>
                    <Where part={part} most={LONG} />
                    <span className="figure">{percent(part.share, 2)}</span>
                  </a>
                )
              );
            }}
          />
        </div>
      )}
    </li>
  );
}

/** The graph by its prompt, and what of it is left out of the name: the tokens that it begins at, and the prediction. */
function Where({ part: { graph, sources, more }, most }: { part: Part; most: number }) {
  return (
    <span className="common-row-where ellipsis">
      {middleCut(barePrompt(graph), most) || graph.name}{" "}
      {sources === null ? (
        <b className="token">{exactToken(graph.target.trim() || graph.target)}</b>
      ) : (
        <span className="token muted">
          ({sources.map((token) => exactToken(token.trim() || token)).join(", ")}
          {more > 0 && ` +${more}`} → <b>{exactToken(graph.target.trim() || graph.target)}</b>)
        </span>
      )}
    </span>
  );
}
