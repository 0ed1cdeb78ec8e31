/** What a query sees of its keys: q, k and q · k channel by channel, their sum, the score that softmax received, and what it made of it. */
import { useMemo, useState, type PointerEvent } from "react";
import { getHead } from "../../../api/client";
import type { InternalsAnswer, PatternKind } from "../../../api/types";
import { quantity, score } from "../../../shared/format";
import { Trouble } from "../../../shared/Trouble";
import { useAnswer } from "../../../shared/useAnswer";
import { headName, tokenName, type Cell, type Head, type Inside } from "../inside";
import { ColourBar } from "../matrix/ColourBar";
import type { Scale } from "../matrix/colours";
import { MapPicture } from "../matrix/MapPicture";
import { within } from "../matrix/place";
import { largest, valuesOf, type Values } from "../numbers";
import type { Pointed } from "../pointed";
import { usePointed } from "../usePointed";
import { figureOf, KINDS, scaleOf } from "./patterns";
import { ValueBar } from "./ValueBar";
import "./Lines.css";

interface LinesProps {
  prompt: InternalsAnswer;
  head: Head;
  query: number;
  kind: PatternKind;
  withoutFirst: boolean;
  notation: Inside["notation"];
  cell: Cell | null;
  onCell: (cell: Cell) => void;
  pointed: Pointed;
}

interface Seen {
  head: Head;
  query: number;
  kind: PatternKind;
  q: Values;
  k: Values;
  products: Values;
  dot: Values;
  /** -∞: masked. */
  score: Values;
  softmax: Values;
  /** Of the kind; null: that is softmax. */
  pattern: Values | null;
}

export function Lines({ prompt, head, query, kind, withoutFirst, notation, cell, onCell, pointed }: LinesProps) {
  const key = JSON.stringify([prompt.id, head.layer, head.head, query, kind, withoutFirst]);
  const { answer, error, again } = useAnswer(key, async (signal): Promise<Seen | null> => {
    const isPlain = kind === "standard" && !withoutFirst;
    const [plain, weighted] = await Promise.all([
      getHead(prompt.graph, head.layer, head.head, "standard", query, false, signal),
      isPlain ? null : getHead(prompt.graph, head.layer, head.head, kind, query, withoutFirst, signal),
    ]);
    const { lines } = plain;
    if (!lines) return null;
    const { q, k, products, dot, score: received, pattern } = lines;
    return {
      head,
      query,
      kind,
      q: valuesOf(q),
      k: valuesOf(k),
      products: valuesOf(products),
      dot: valuesOf(dot),
      score: valuesOf(received),
      softmax: valuesOf(pattern),
      pattern: weighted?.lines ? valuesOf(weighted.lines.pattern) : null,
    };
  });
  if (error) return <Trouble error={error} title="What the query sees could not be read" onRetry={again} />;
  if (!answer) return <p className="muted">Reading what the query sees…</p>;
  return <Table seen={answer} prompt={prompt} withoutFirst={withoutFirst} notation={notation} cell={cell} onCell={onCell} pointed={pointed} />;
}

interface TableProps extends Pick<LinesProps, "prompt" | "withoutFirst" | "notation" | "cell" | "onCell" | "pointed"> {
  seen: Seen;
}

interface ChannelAt {
  /** The key; null: the query's own q. */
  key: number | null;
  channel: number;
}

const rowOf = ({ values, shape }: Values, row: number): Values => {
  const n = shape[1] ?? 0;
  return { shape: [1, n], values: values.subarray(row * n, (row + 1) * n) };
};

const SHARES: Scale = { signed: false, most: 1 };

function Table({ seen, prompt, withoutFirst, notation, cell, onCell, pointed }: TableProps) {
  const { head, query, kind, q, k, products, dot, score: received, softmax, pattern } = seen;
  const { tokens } = prompt;
  const at = usePointed(pointed);
  const [channel, setChannel] = useState<ChannelAt | null>(null);
  const rows = useMemo(() => Array.from({ length: query + 1 }, (_, key) => ({ key, k: rowOf(k, key), products: rowOf(products, key) })), [query, k, products]);
  const qRow = useMemo((): Values => ({ shape: [1, q.values.length], values: q.values }), [q]);
  const scales = useMemo(
    () => ({
      vectors: { signed: true, most: Math.max(largest(q), largest(k)) },
      products: { signed: true, most: largest(products) },
      dot: { signed: true, most: largest(dot) },
      pattern: pattern && scaleOf(kind, [pattern]),
    }),
    [q, k, products, dot, pattern, kind],
  );
  const point = (key: number, at: number | null) => {
    setChannel(at === null ? null : { key, channel: at });
    pointed.set({ query, key });
  };
  const leave = () => {
    setChannel(null);
    pointed.set(null);
  };
  return (
    <div className="lines" data-testid="lines" data-query={query} data-head={headName(head, "LH")}>
      <div className="lines-legends">
        <ColourBar scale={scales.vectors} meaning="q and k by channel" />
        <ColourBar scale={scales.products} meaning="q × k by channel" />
      </div>
      <div className="lines-scroll">
        <table className="lines-table" onPointerLeave={leave}>
          <caption className="unseen">
            What query {tokenName(tokens, query)} sees of its keys in {headName(head, notation)}
          </caption>
          <thead>
            <tr>
              <th scope="col">key</th>
              <th scope="col">k</th>
              <th scope="col">q × k</th>
              <th scope="col" title="The sum of q × k over the channels">
                q · k
              </th>
              <th scope="col" title="What softmax received: scaled, and capped, as the model does">
                score
              </th>
              <th scope="col">softmax</th>
              {pattern && <th scope="col">{kind === "standard" ? "without the first" : KINDS[kind].name}</th>}
            </tr>
          </thead>
          <tbody>
            <tr className="lines-query">
              <th scope="row">q of {tokenName(tokens, query)}</th>
              <td>
                <Strip values={qRow} scale={scales.vectors} onChannel={(at) => setChannel(at === null ? null : { key: null, channel: at })} />
              </td>
              <td colSpan={pattern ? 5 : 4} />
            </tr>
            {rows.map(({ key, k: kRow, products: productsRow }) => {
              const [sum, given, share, own] = [dot, received, softmax, pattern].map((each) => each?.values[key] ?? Number.NaN);
              return (
                <tr key={key} data-testid="line" data-pointed={at?.key === key ? true : undefined} onPointerEnter={() => point(key, null)}>
                  <th scope="row">
                    <button type="button" className="lines-key" aria-pressed={cell?.query === query && cell.key === key} onFocus={() => point(key, null)} onBlur={leave} onClick={() => onCell({ query, key })}>
                      {tokenName(tokens, key)}
                    </button>
                  </th>
                  <td>
                    <Strip values={kRow} scale={scales.vectors} onChannel={(at) => point(key, at)} />
                  </td>
                  <td>
                    <Strip values={productsRow} scale={scales.products} onChannel={(at) => point(key, at)} />
                  </td>
                  <Figure text={quantity(sum)} value={sum} scale={scales.dot} />
                  <td>{given === Number.NEGATIVE_INFINITY ? <i>masked</i> : quantity(given)}</td>
                  <Figure text={score(share, 3)} value={share} scale={SHARES} />
                  {scales.pattern && <Figure text={withoutFirst && key === 0 ? "left out" : figureOf(kind, own ?? Number.NaN)} value={own} scale={scales.pattern} />}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p className="lines-told" data-testid="lines-told">
        {channel ? channelText(seen, tokens, channel) : "Point at a channel for its figures."}
      </p>
    </div>
  );
}

function channelText({ q, k, products }: Seen, tokens: readonly string[], { key, channel }: ChannelAt): string {
  const ofQuery = quantity(q.values[channel]);
  if (key === null) return `channel ${channel} of q: ${ofQuery}`;
  const [ofKey, product] = [k, products].map((each) => quantity(rowOf(each, key).values[channel]));
  return `channel ${channel} of key ${tokenName(tokens, key)}: q ${ofQuery} × k ${ofKey ?? ""} = ${product ?? ""}`;
}

/** A vector's channels beside one another. */
function Strip({ values, scale, onChannel }: { values: Values; scale: Scale; onChannel: (channel: number | null) => void }) {
  const n = values.values.length;
  return (
    <span
      className="lines-strip"
      onPointerMove={({ currentTarget, clientX }: PointerEvent<HTMLElement>) => {
        const { left, width } = currentTarget.getBoundingClientRect();
        onChannel(within((clientX - left) / width, n));
      }}
      onPointerLeave={() => onChannel(null)}
    >
      <MapPicture values={values} scale={scale} />
    </span>
  );
}

function Figure({ text, value = Number.NaN, scale }: { text: string; value?: number | undefined; scale: Scale }) {
  return (
    <td>
      {text}
      <ValueBar value={value} scale={scale} />
    </td>
  );
}
