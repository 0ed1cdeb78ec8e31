/** The heads that carried a link of the graph: what passed none, each head's part, and where it looked. */
import { askLink, getLinkHeads } from "../../../api/client";
import type { InternalsAnswer, LinkAnswer, LinkPathsFound } from "../../../api/types";
import { percent, quantity } from "../../../shared/format";
import { RunNews } from "../../../shared/jobs/RunNews";
import { useRun } from "../../../shared/jobs/useRun";
import { Trouble } from "../../../shared/Trouble";
import { isPassing, useAnswer } from "../../../shared/useAnswer";
import type { GraphModel } from "../../model/model";
import { placeName } from "../../names/places";
import { headName, type Cell, type Head, type Inside, type InsideTab } from "../inside";
import type { Internals } from "../useInternals";
import { Signed, SignedBar } from "./Signed";
import "./LinkHeads.css";

interface LinkHeadsProps {
  model: GraphModel;
  internals: Internals;
  notation: Inside["notation"];
  /** An index into the edge columns. */
  edge: number;
  /** Shows what a head looked at. */
  onPattern: (head: Head, cell: Cell) => void;
  onTab: (tab: InsideTab) => void;
}

export function LinkHeads({ model, internals, notation, edge, onPattern, onTab }: LinkHeadsProps) {
  const { answer, isAbsent, error } = internals;
  if (isAbsent) {
    return (
      <p className="link-heads-absent" data-testid="link-heads-absent">
        Which heads carried it is not computed.{" "}
        <button type="button" className="chip" onClick={() => onTab("attention")}>
          Compute…
        </button>
      </p>
    );
  }
  if (!answer) return error && !isPassing(error) ? <Trouble error={error} title="The heads that carried it could not be read" /> : null;
  if (!answer.parts.includes("loadings")) {
    return <p className="link-heads-absent muted">Which heads carried it is not known: {answer.missing.loadings ?? "that was not computed."}</p>;
  }
  return <Found key={`${answer.id} ${edge}`} model={model} answer={answer} notation={notation} edge={edge} onPattern={onPattern} />;
}

type FoundProps = Pick<LinkHeadsProps, "model" | "notation" | "edge" | "onPattern"> & { answer: InternalsAnswer };

function Found({ model, answer, notation, edge, onPattern }: FoundProps) {
  const { nodes, edges, record } = model;
  const [source, target] = [nodes.id[edges.source[edge] ?? 0] ?? "", nodes.id[edges.target[edge] ?? 0] ?? ""];
  const { answer: link, error, again } = useAnswer(`${answer.id} ${source} ${target}`, (signal) => getLinkHeads(record.id, source, target, signal));
  const run = useRun(again);
  if (!link) return error && !isPassing(error) ? <Trouble error={error} title="The heads that carried it could not be read" onRetry={again} /> : null;
  return (
    <div className="detail-links link-heads" data-testid="link-heads">
      <h3 title="Each path of the link is counted at its last head">
        <span>Heads that carried it</span>
        <span className="figure">weight</span>
      </h3>
      <Parts model={model} link={link} notation={notation} onPattern={onPattern} />
      {link.paths ? (
        <Paths paths={link.paths} notation={notation} onPattern={onPattern} />
      ) : (
        <p>
          <button type="button" data-testid="all-paths" aria-disabled={run.isRunning} onClick={() => run.start(() => askLink(record.id, source, target))}>
            All paths
          </button>{" "}
          <span className="muted">also those through several heads</span>
        </p>
      )}
      <RunNews run={run} failed="Its paths could not be found" />
    </div>
  );
}

/** What adds up to the link's weight. */
function Parts({ model, link, notation, onPattern }: Pick<LinkHeadsProps, "model" | "notation" | "onPattern"> & { link: LinkAnswer }) {
  const { direct, heads, rest, weight } = link;
  const largest = Math.max(Math.abs(direct), Math.abs(rest), ...heads.map((head) => Math.abs(head.weight)));
  const part = (name: string, value: number) => (
    <li className="link-heads-part">
      <span>{name}</span>
      <Signed value={value}>{quantity(value)}</Signed>
      <SignedBar value={value} largest={largest} />
    </li>
  );
  return (
    <>
      <ul data-testid="link-parts">
        {direct !== 0 && part("past all heads", direct)}
        {heads.map(({ layer, head, weight, query, key, attention }) => (
          <li key={`${layer}.${head}`}>
            <button type="button" className="link-heads-part" data-head={`${layer}.${head}`} onClick={() => onPattern({ layer, head }, { query, key })}>
              <span>
                {headName({ layer, head }, notation)}{" "}
                <span className="link-heads-where">
                  <span className="token">{placeName(model, query)}</span> → <span className="token">{placeName(model, key)}</span>
                  {attention !== null && ` ${percent(attention, 0)}`}
                </span>
              </span>
              <Signed value={weight}>{quantity(weight)}</Signed>
              <SignedBar value={weight} largest={largest} />
            </button>
          </li>
        ))}
        {rest !== 0 && part("all smaller parts", rest)}
      </ul>
      <dl className="detail-figures" data-testid="link-sum">
        <div>
          <dt>sum, the link’s weight</dt>
          <dd>
            <b>{quantity(weight)}</b>
          </dd>
        </div>
      </dl>
    </>
  );
}

/** What passes through each head, whether or not it is the last. A path through two heads counts at both. */
function Paths({ paths, notation, onPattern }: Pick<LinkHeadsProps, "notation" | "onPattern"> & { paths: LinkPathsFound }) {
  const largest = Math.max(0, ...paths.heads.map(({ through }) => Math.abs(through)));
  return (
    <div data-testid="link-paths">
      <h3 title="A path through two heads counts at both, so that these do not add up">
        <span>All paths</span>
        <span className="figure">through · as last</span>
      </h3>
      <ul>
        {paths.heads.map(({ layer, head, through, last, through_query: query, through_key: key }) => (
          <li key={`${layer}.${head}`}>
            <button type="button" className="link-heads-part" onClick={() => onPattern({ layer, head }, { query, key })}>
              <span>{headName({ layer, head }, notation)}</span>
              <Signed value={through}>
                {quantity(through)} <span className="figure">· {quantity(last)}</span>
              </Signed>
              <SignedBar value={through} largest={largest} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
