/** A head's score at a cell as a sum over pairs: what the query is made of, times what the key is made of. */
import { useMemo } from "react";
import type { ScorePairsFound } from "../../../api/types";
import { quantity } from "../../../shared/format";
import { More } from "../../../shared/more/More";
import type { Lit } from "../../model/lit";
import type { GraphModel } from "../../model/model";
import { placeName } from "../../names/places";
import { Signed, SignedBar } from "./Signed";
import { softmaxText, sourceNames, type SourceName } from "./sources";
import "./Why.css";

/** Pairs, and sides, that are listed at first. */
const PAIRS = 8;
const SIDES = 4;

interface WhyProps {
  model: GraphModel;
  found: ScorePairsFound;
  onPick: (node: number) => void;
  onHover: (over: Lit | null) => void;
}

interface Row {
  names: readonly SourceName[];
  score: number;
}

export function Why({ model, found, onPick, onHover }: WhyProps) {
  const { pairs, queries, keys, rest, product } = found;
  const lists = useMemo(() => {
    const names = sourceNames(model, [...pairs.flatMap(({ query, key }) => [query, key]), ...queries.map(({ source }) => source), ...keys.map(({ source }) => source)]);
    const sides = (from: number, of: ScorePairsFound["queries"]): Row[] => of.map(({ score }, at) => ({ names: names.slice(from + at, from + at + 1), score }));
    return {
      pairs: pairs.map(({ score }, at): Row => ({ names: names.slice(2 * at, 2 * at + 2), score })),
      queries: sides(2 * pairs.length, queries),
      keys: sides(2 * pairs.length + queries.length, keys),
    };
  }, [model, pairs, queries, keys]);
  const rows = { model, onPick, onHover };
  return (
    <div className="why" data-testid="why">
      <p className="muted">
        Its score is a sum over pairs: what <span className="token">{placeName(model, found.query)}</span> asks with, times what{" "}
        <span className="token">{placeName(model, found.key)}</span> offers. The rest at a token is what the graph leaves out there.
      </p>
      <Rows {...rows} title="Query × key" rows={lists.pairs} most={PAIRS} testId="why-pairs" />
      <dl className="detail-figures" data-testid="why-sum">
        <div>
          <dt>all other pairs</dt>
          <dd>{quantity(rest)}</dd>
        </div>
        <div>
          <dt>sum, q · k</dt>
          <dd>
            <b>{quantity(product)}</b>
          </dd>
        </div>
      </dl>
      <p className="muted" data-testid="why-softmax">
        {softmaxText(found)}.
      </p>
      <Rows {...rows} title="By what the query is made of" rows={lists.queries} most={SIDES} testId="why-queries" />
      <Rows {...rows} title="By what the key is made of" rows={lists.keys} most={SIDES} testId="why-keys" />
    </div>
  );
}

interface RowsProps extends Pick<WhyProps, "model" | "onPick" | "onHover"> {
  title: string;
  rows: readonly Row[];
  most: number;
  testId: string;
}

function Rows({ model, title, rows, most, testId, onPick, onHover }: RowsProps) {
  const largest = Math.max(0, ...rows.map(({ score }) => Math.abs(score)));
  return (
    <div className="detail-links">
      <h3>
        <span>{title}</span>
        <span className="figure">q · k</span>
      </h3>
      <More
        items={rows}
        most={most}
        className="why-rows"
        testId={testId}
        render={({ names, score }, at) => {
          const nodes = names.flatMap(({ node }) => node ?? []);
          return (
            <li key={at} className="why-row" onPointerEnter={() => onHover({ nodes, edges: [] })} onPointerLeave={() => onHover(null)}>
              <span className="why-names">
                {names.map((name, side) => (
                  <span key={side}>
                    {side > 0 && " × "}
                    <Source model={model} name={name} onPick={onPick} />
                  </span>
                ))}
              </span>
              <Signed value={score}>{quantity(score)}</Signed>
              <SignedBar value={score} largest={largest} />
            </li>
          );
        }}
      />
    </div>
  );
}

function Source({ model, name: { text, node }, onPick }: { model: GraphModel; name: SourceName; onPick: (node: number) => void }) {
  if (node === null) return <span className="muted">{text}</span>;
  return (
    <button type="button" className="why-node" data-node-id={model.nodes.id[node]} onClick={() => onPick(node)}>
      {text}
    </button>
  );
}
