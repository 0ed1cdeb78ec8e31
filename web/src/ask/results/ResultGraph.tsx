/** The distinct nodes and relationships of rows as a picture. */
import { useLayoutEffect, useMemo, useRef, useState, type MouseEvent } from "react";
import { counted } from "../../shared/format";
import { navigate } from "../../shared/router";
import type { ColumnType } from "./cells";
import { drawnOf, places, type DrawnLink, type DrawnNode, type Placed } from "./drawn";
import "./ResultGraph.css";

interface ResultGraphProps {
  columns: readonly string[];
  types: readonly ColumnType[];
  rows: readonly (readonly unknown[])[];
}

/** Pixels: of the drawing, which is as wide as its room. */
const WIDEST = 1100;
const heightOf = (width: number): number => Math.max(320, Math.min(520, width * 0.5));
const RADIUS = 7;
/** Nodes that are all named; of more, those with most links and what is pointed at. */
const NAMED = 40;
/** Characters of a name. */
const MOST = 26;

const cut = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);

export function ResultGraph({ columns, types, rows }: ResultGraphProps) {
  const drawn = useMemo(() => drawnOf(columns, types, rows), [columns, types, rows]);
  const figure = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = figure;
    if (!current) return;
    const measure = () => setWidth(Math.min(WIDEST, Math.floor(current.clientWidth)));
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(current);
    return () => watcher.disconnect();
  }, []);
  const height = heightOf(width);
  const at = useMemo(() => (width === 0 ? new Map<string, Placed>() : places(drawn, width, height)), [drawn, width, height]);
  const [pointed, setPointed] = useState<string | null>(null);
  const { nodes, links, nNodes, nLinks } = drawn;
  const named = new Set([...nodes].sort((a, b) => b.nLinks - a.nLinks).slice(0, NAMED).map(({ id }) => id));
  const near = new Set(links.filter(({ source, target }) => source === pointed || target === pointed).flatMap(({ source, target }) => [source, target]));
  const isPale = (id: string) => pointed !== null && id !== pointed && !near.has(id);
  const isCut = nNodes > nodes.length;
  return (
    <figure ref={figure} className="result-graph" data-testid="result-graph" data-nodes={nodes.length} data-links={links.length}>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label="The rows as a graph">
        <defs>
          <marker id="result-graph-tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path className="result-graph-tip" d="M0 0.5L8 4L0 7.5z" />
          </marker>
        </defs>
        {links.map((link) => (
          <Link key={`${link.source} ${link.target} ${link.text}`} link={link} at={at} isPale={pointed !== null && link.source !== pointed && link.target !== pointed} isNamed={pointed !== null && (link.source === pointed || link.target === pointed)} />
        ))}
        {nodes.map((node) => (
          <Mark key={node.id} node={node} at={at.get(node.id)} width={width} isNamed={named.has(node.id) || node.id === pointed || near.has(node.id)} isPale={isPale(node.id)} onPoint={setPointed} />
        ))}
      </svg>
      <figcaption className="muted">
        <span role="status">
          {isCut
            ? `The first ${counted(nodes.length, "node")} of ${counted(nNodes, "node")}, with ${counted(links.length, "relationship")} of ${nLinks}: a smaller answer is drawn whole.`
            : `${counted(nNodes, "node")}, ${counted(nLinks, "relationship")}${nodes.some(({ layer }) => layer !== null) ? "; deeper layers are higher, later tokens further right" : ""}.`}
        </span>
      </figcaption>
    </figure>
  );
}

function Link({ link, at, isPale, isNamed }: { link: DrawnLink; at: Map<string, Placed>; isPale: boolean; isNamed: boolean }) {
  const [from, to] = [at.get(link.source), at.get(link.target)];
  if (!from || !to) return null;
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const short = (RADIUS + 2) / length;
  const end = { x: to.x - (to.x - from.x) * short, y: to.y - (to.y - from.y) * short };
  const side = link.weight === null ? "" : link.weight < 0 ? " is-against" : " is-for";
  const title = [link.text, link.weight === null ? "" : String(link.weight)].filter(Boolean).join(" ");
  return (
    <g className={`result-graph-link${side}${isPale ? " is-pale" : ""}`}>
      <line x1={from.x} y1={from.y} x2={end.x} y2={end.y} markerEnd="url(#result-graph-tip)">
        <title>{title}</title>
      </line>
      {isNamed && link.text !== "" && (
        <text className="result-graph-type" x={(from.x + to.x) / 2} y={(from.y + to.y) / 2 - 3}>
          {link.text}
        </text>
      )}
    </g>
  );
}

/** As `follow`, whose links are HTML's: the browser has a way of its own for those in pictures. */
function followDrawn(event: MouseEvent, href: string): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(href);
}

interface MarkProps {
  node: DrawnNode;
  at: Placed | undefined;
  width: number;
  isNamed: boolean;
  isPale: boolean;
  onPoint: (id: string | null) => void;
}

function Mark({ node, at, width, isNamed, isPale, onPoint }: MarkProps) {
  if (!at) return null;
  const { id, text, kind, href } = node;
  const isLeft = at.x > width * 0.75;
  const point = { onPointerEnter: () => onPoint(id), onPointerLeave: () => onPoint(null), onFocus: () => onPoint(id), onBlur: () => onPoint(null) };
  const mark = (
    <>
      <title>{[text, kind, text === id ? "" : id].filter(Boolean).join("\n")}</title>
      <circle r={RADIUS} cx={at.x} cy={at.y} />
      {isNamed && (
        <text x={at.x + (isLeft ? -RADIUS - 4 : RADIUS + 4)} y={at.y + 4} textAnchor={isLeft ? "end" : "start"}>
          {cut(text)}
        </text>
      )}
    </>
  );
  const className = `result-graph-node is-${kind.toLowerCase() || "other"}${isPale ? " is-pale" : ""}`;
  return href === null ? (
    <g className={className} {...point}>
      {mark}
    </g>
  ) : (
    <a className={className} href={href} aria-label={`${text}, ${kind}`} data-testid="drawn-node" {...point} onClick={(event) => followDrawn(event, href)}>
      {mark}
    </a>
  );
}
