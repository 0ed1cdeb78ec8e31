/** What tokens give to the prediction through heads, as a Sankey: what enters a node leaves it. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { quantity } from "../../../../shared/format";
import { headName, tokenName, type InsideProps } from "../../inside";
import { Lacking } from "../Lacking";
import { sentence, Tip, type Told } from "../Tip";
import { usePointed } from "../../usePointed";
import { useWidth } from "../useSize";
import { heightOf, laidOut, nextNode, path, sums, type FlowLink, type FlowNode } from "./flows";
import "./TokenFlow.css";

export function TokenFlow(props: InsideProps) {
  const { sankey } = props.internals;
  if (!sankey) return <Lacking {...props} name="attribution" />;
  if (sankey.nodes.length === 0) return <p className="muted">No head gives anything to the prediction, or takes anything from it.</p>;
  return <Drawing {...props} sankey={sankey} />;
}

/** What is looked at: a node or a link, by its place, and the link where the pointer is. */
type Looked = { readonly node: number } | { readonly link: number; readonly x: number; readonly y: number } | null;

function Drawing({ internals, inside, head, onHead, pointed, sankey }: InsideProps & { sankey: NonNullable<InsideProps["internals"]["sankey"]> }) {
  const [box, width] = useWidth<HTMLDivElement>();
  const [looked, setLooked] = useState<Looked>(null);
  const [stop, setStop] = useState(0);
  const at = usePointed(pointed);
  const position = at?.key ?? at?.query ?? null;
  /** The token that was clicked, which stays pointed at when the pointer leaves it. */
  const kept = useRef<number | null>(null);
  useEffect(() => () => pointed.set(null), [pointed]);
  const { tokens } = internals;
  const height = heightOf(sankey);
  const margin = Math.min(110, Math.round(width * 0.25));
  const flows = useMemo(() => laidOut(sankey, width, height, margin), [sankey, width, height, margin]);
  const { nodes, links } = flows;
  const target = internals.target.trim() || internals.target;
  const rather = internals.foil === null ? "" : ` rather than ${internals.foil.trim() || internals.foil}`;

  const nameOf = (node: FlowNode): string => {
    if (node.kind === "position" && node.position !== null) return tokenName(tokens, node.position);
    if (node.kind === "head" && node.layer !== null && node.head !== null) return headName({ layer: node.layer, head: node.head }, inside.notation);
    return node.kind === "other positions" ? "other tokens" : node.kind === "other heads" ? "other heads" : `${node.kind} ${target}`;
  };
  const isSelected = (node: FlowNode): boolean => node.kind === "head" && node.layer === head?.layer && node.head === head.head;
  const isPointed = (node: FlowNode): boolean => node.position !== null && node.position === position;
  /** The node whose links stand out: the one that is looked at, or pointed at elsewhere, or selected. */
  const lit = looked !== null && "node" in looked ? looked.node : (nodes.find(isPointed) ?? nodes.find(isSelected))?.at ?? null;
  const isLit = (link: FlowLink, at: number): boolean => (looked !== null && "link" in looked ? looked.link === at : lit === null || link.source === lit || link.target === lit);

  const look = (next: Looked) => {
    setLooked(next);
    const node = next === null ? undefined : nodes["node" in next ? next.node : (links[next.link]?.source ?? -1)];
    const key = node?.position ?? (next === null ? kept.current : null);
    pointed.set(key === null ? null : { query: null, key });
  };
  const pick = ({ layer, head: of, position: at }: FlowNode) => {
    if (layer !== null && of !== null) onHead({ layer, head: of });
    if (at !== null) kept.current = kept.current === at ? null : at;
  };
  const press = (at: number) => (event: KeyboardEvent<SVGGElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const node = nodes[at];
      if (node) pick(node);
      return;
    }
    const next = nextNode(event.key, at, flows);
    if (next === null) return;
    event.preventDefault();
    event.currentTarget.ownerSVGElement?.querySelector<SVGGElement>(`[data-node="${next}"]`)?.focus();
  };

  const logits = (value: number): string => `${quantity(value)} logits`;
  const toldNode = (node: FlowNode): Told => {
    const { in: into, out } = sums(node.at, links);
    const of = node.column === 0 ? out : into;
    if (node.column === 2) return { name: `${nameOf(node)}${rather}`, facts: [["sum of all heads", logits(node.value)]] };
    return {
      name: nameOf(node),
      facts: [
        ["for", logits(of.for)],
        ["against", logits(of.against)],
        ["net", logits(of.for - of.against)],
      ],
    };
  };
  const toldLink = ({ source, target: to, value, supports }: FlowLink): Told => {
    const [from, end] = [nodes[source], nodes[to]];
    return { name: from && end ? `${nameOf(from)} → ${nameOf(end)}` : "", facts: [[supports ? "for" : "against", logits(value)]] };
  };
  const [link, node] = [looked !== null && "link" in looked ? links[looked.link] : undefined, lit === null ? undefined : nodes[lit]];
  const told = link ? toldLink(link) : node ? toldNode(node) : null;
  const tip = looked === null ? null : "link" in looked ? { x: looked.x, y: looked.y } : node ? { x: (node.left + node.right) / 2, y: node.top } : null;

  return (
    <div className="token-flow" data-testid="heads-sankey">
      <p className="muted">
        Attribution of heads by the token that they looked at: {tokens.length > 10 ? "the ten tokens and " : ""}the strongest heads, all others in one node each. What enters a node leaves it.{" "}
        <span className="swatch excites" /> for {target}
        {rather} <span className="swatch inhibits" /> against it. Widths are logits.
      </p>
      <div className="token-flow-box" ref={box}>
        {width > 0 && (
          <svg className="token-flow-picture" width={width} height={height} role="group" aria-label={`Flow from tokens through heads to ${target}`} data-testid="sankey-picture" onPointerLeave={() => look(null)}>
            {links.map((each, at) => (
              <path
                key={at}
                className={`token-flow-link is-${each.supports ? "for" : "against"}${isLit(each, at) ? "" : " is-faint"}`}
                d={path(each, nodes)}
                strokeWidth={Math.max(0.6, each.width)}
                data-testid="sankey-link"
                onPointerMove={({ nativeEvent: { offsetX: x, offsetY: y } }) => look({ link: at, x, y })}
              />
            ))}
            {nodes.map((each) => (
              <g
                key={each.at}
                className={`token-flow-node is-${each.kind.replace(" ", "-")}${isSelected(each) ? " is-selected" : ""}${isPointed(each) ? " is-pointed" : ""}`}
                role="button"
                tabIndex={each.at === stop ? 0 : -1}
                aria-pressed={each.kind === "head" ? isSelected(each) : undefined}
                aria-label={sentence(toldNode(each))}
                data-testid="sankey-node"
                data-node={each.at}
                data-kind={each.kind}
                onPointerEnter={() => look({ node: each.at })}
                onFocus={() => {
                  setStop(each.at);
                  look({ node: each.at });
                }}
                onBlur={() => look(null)}
                onClick={() => pick(each)}
                onKeyDown={press(each.at)}
              >
                <rect className="token-flow-touch" {...touchOf(each, margin)} />
                <rect className="token-flow-bar" x={each.left} y={each.top} width={each.right - each.left} height={Math.max(1, each.bottom - each.top)} />
              </g>
            ))}
            {/* Beside the buttons, whose own names are whole. */}
            {nodes.map((each) => (
              <text key={each.at} className={`token-flow-name is-${each.kind.replace(" ", "-")}${isSelected(each) || isPointed(each) ? " is-strong" : ""}`} {...textOf(each)} aria-hidden="true" data-testid="sankey-name">
                {cut(nameOf(each), each.column === 1 ? 14 : Math.floor((margin - 8) / 6.6))}
              </text>
            ))}
          </svg>
        )}
        {told && tip && <Tip told={told} {...tip} width={width} />}
      </div>
      <p className="token-flow-told" role="status" data-testid="sankey-told">
        {told ? sentence(told) : "Point at a node or a link for its figures. A click on a head selects it, on a token keeps it marked."}
      </p>
    </div>
  );
}

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`);

/** The names of the first column stand left of it, all others right. */
const textOf = ({ column, left, right, top, bottom }: FlowNode) => ({ x: column === 0 ? left - 6 : right + 6, y: (top + bottom) / 2 + 4, textAnchor: column === 0 ? ("end" as const) : ("start" as const) });

/** A node with its name, high enough to be hit. */
function touchOf({ column, left, right, top, bottom }: FlowNode, margin: number) {
  const short = Math.max(0, 16 - (bottom - top)) / 2;
  const beside = column === 1 ? 60 : margin;
  return { x: column === 0 ? left - beside : left, y: top - short, width: right - left + beside, height: bottom - top + 2 * short };
}
