/** One head on the prompt: its figures, the links of the graph that it carried, what it read and wrote; and a cell of its pattern. */
import { useMemo, useState } from "react";
import type { HeadLinksAnswer, ScorePairsFound } from "../../../api/types";
import { quantity } from "../../../shared/format";
import { Icon } from "../../../shared/Icon";
import { More } from "../../../shared/more/More";
import { Trouble } from "../../../shared/Trouble";
import type { Asked } from "../../../shared/useAnswer";
import { linksBetween, type Lit } from "../../model/lit";
import type { GraphModel } from "../../model/model";
import { entriesOf, entryText } from "../../names/entries";
import { NodeButton } from "../../node/NodeButton";
import { headName, type Cell, type Head, type Inside, type InsideTab } from "../inside";
import type { Internals } from "../useInternals";
import { CellDetail } from "./CellDetail";
import { Signed } from "./Signed";
import { statisticsOf } from "./statistics";
import "./HeadDetail.css";

/** Links, and nodes, that are listed at first. */
const MOST = 8;

interface HeadDetailProps {
  model: GraphModel;
  internals: Internals;
  notation: Inside["notation"];
  head: Head;
  cell: Cell | null;
  links: Asked<HeadLinksAnswer>;
  /** The tab in the middle, unless it is none of the internals'. */
  tab: InsideTab | null;
  onHead: (head: Head | null, cell?: Cell | null) => void;
  onPick: (node: number) => void;
  onLink: (edge: number) => void;
  onTab: (tab: InsideTab) => void;
  onHover: (over: Lit | null) => void;
}

export function HeadDetail({ model, internals, notation, head, cell, links, tab, onHead, onPick, onLink, onTab, onHover }: HeadDetailProps) {
  const { answer, isAbsent, error, again } = internals;
  const statistics = useMemo(() => (answer ? statisticsOf(answer, head) : []), [answer, head]);
  const [whys] = useState(() => new Map<string, ScorePairsFound>());
  return (
    <section className="detail head-detail" aria-labelledby="head-name" data-testid="head-detail">
      <div className="detail-head">
        <h2 id="head-name" tabIndex={-1}>
          Head {headName(head, notation)}
        </h2>
        <button type="button" className="icon-button" aria-label="Close the details" onClick={() => onHead(null)}>
          <Icon name="close" />
        </button>
      </div>
      <p className="detail-where">
        head {head.head} of layer {head.layer}
        {answer && `; the model has ${answer.n_layers} layers of ${answer.n_heads}`}
      </p>
      {isAbsent && (
        <p className="head-detail-absent">
          What it does here is not computed.{" "}
          <button type="button" className="chip" onClick={() => onTab("attention")}>
            Compute…
          </button>
        </p>
      )}
      {!answer && error && <Trouble error={error} title="The internals could not be read" onRetry={again} />}
      {answer && tab !== "attention" && (
        <p className="head-detail-actions">
          <button type="button" data-testid="show-pattern" onClick={() => onTab("attention")}>
            Show its attention
          </button>
        </p>
      )}
      {answer && cell && (
        <CellDetail
          key={`${answer.id} ${head.layer}.${head.head} ${cell.query} ${cell.key}`}
          model={model}
          answer={answer}
          head={head}
          cell={cell}
          whys={whys}
          onCell={(cell) => onHead(head, cell)}
          onPick={onPick}
          onHover={onHover}
        />
      )}
      {statistics.length > 0 && cell && <h3>The head</h3>}
      {statistics.length > 0 && (
        <dl className="detail-figures head-detail-figures" data-testid="head-statistics">
          {statistics.map(({ name, title, help, text }) => (
            <div key={name} title={help} data-statistic={name}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
      {answer && !answer.parts.includes("loadings") && (
        <p className="muted">Which links of the graph it carried is not known: {answer.missing.loadings ?? "that was not computed."}</p>
      )}
      {links.error && <Trouble error={links.error} title="Its links could not be read" onRetry={links.again} />}
      {links.answer && <Carried model={model} links={links.answer} onPick={onPick} onLink={onLink} onHover={onHover} />}
    </section>
  );
}

type CarriedProps = Pick<HeadDetailProps, "model" | "onPick" | "onLink" | "onHover"> & { links: HeadLinksAnswer };

/** The links that a head carried, and sums of these by their ends. */
function Carried({ model, links: { layer, head, n_links: all, links, reads, writes }, onPick, onLink, onHover }: CarriedProps) {
  const rows = useMemo(() => {
    const ends = links.map(({ source, target }) => [model.ordinalOf.get(source) ?? -1, model.ordinalOf.get(target) ?? -1] as const);
    const entries = entriesOf(model, ends.flat());
    return links.flatMap((link, at) => {
      const [source, target] = ends[at] ?? [-1, -1];
      const [edge] = linksBetween(model, [source], new Set([target]));
      const [from, to] = [entries[2 * at], entries[2 * at + 1]];
      return edge === undefined || !from || !to ? [] : [{ ...link, edge, nodes: [source, target], text: `${entryText(from)} → ${entryText(to)}` }];
    });
  }, [model, links]);
  return (
    <>
      <div className="detail-links" data-testid="carried-links">
        <h3 title="Links of which it carried a hundredth or more, as their last head">
          <span>
            Carried <span className="figure">{all}</span>
          </span>
          <span className="figure">of the link’s weight</span>
        </h3>
        {rows.length === 0 && <p className="muted">None of the graph’s links to a hundredth or more.</p>}
        <More
          key={`${layer}.${head}`}
          items={rows}
          most={MOST}
          className="head-detail-links"
          testId="carried-list"
          render={({ edge, nodes, text, weight, link_weight: whole }) => (
            <li key={edge} onPointerEnter={() => onHover({ nodes, edges: [edge] })} onPointerLeave={() => onHover(null)}>
              <button type="button" className={`node-button ${weight < 0 ? "inhibits" : "excites"}`} onClick={() => onLink(edge)}>
                <span className="node-button-name">{text}</span>
                <Signed value={weight}>
                  {quantity(weight)} <span className="figure">of {quantity(whole)}</span>
                </Signed>
              </button>
            </li>
          )}
        />
        {all > rows.length && <p className="muted">and {all - rows.length} of less weight</p>}
      </div>
      <Ends model={model} title="Reads" sums={reads} onPick={onPick} onHover={onHover} />
      <Ends model={model} title="Writes to" sums={writes} onPick={onPick} onHover={onHover} />
    </>
  );
}

interface EndsProps extends Pick<HeadDetailProps, "model" | "onPick" | "onHover"> {
  title: string;
  sums: HeadLinksAnswer["reads"];
}

function Ends({ model, title, sums, onPick, onHover }: EndsProps) {
  const known = sums.flatMap(({ node, weight }) => {
    const ordinal = model.ordinalOf.get(node);
    return ordinal === undefined ? [] : [{ node, ordinal, weight }];
  });
  const entries = entriesOf(
    model,
    known.map(({ ordinal }) => ordinal),
  );
  if (known.length === 0) return null;
  return (
    <div className="detail-links" data-testid={title === "Reads" ? "head-reads" : "head-writes"}>
      <h3>
        <span>{title}</span>
        <span className="figure">sum of weights</span>
      </h3>
      <More
        items={known.map((row, at) => ({ ...row, entry: entries[at] }))}
        most={MOST}
        className="head-detail-ends"
        testId={`${title}-list`}
        render={({ node, ordinal, weight, entry }) => (
          <li key={node} onPointerEnter={() => onHover({ nodes: [ordinal], edges: [] })} onPointerLeave={() => onHover(null)}>
            {entry && (
              <NodeButton id={node} entry={entry} onPick={() => onPick(ordinal)} sign={weight < 0 ? "inhibits" : "excites"}>
                <Signed value={weight}>{quantity(weight)}</Signed>
              </NodeButton>
            )}
          </li>
        )}
      />
    </div>
  );
}
