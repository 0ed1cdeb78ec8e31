/** The words under a picture: what was asked, what of the graph is drawn, and where it is from. */
import { barePrompt, count, percent } from "../../shared/format";
import type { Drawn } from "../model/budget";
import { nodeName, type GraphModel } from "../model/model";

export interface Caption {
  /** "The capital of the state containing Dallas is → Austin 33 %" */
  title: string;
  /** "118 of 322 nodes, 70 % of the flow to Austin; 1,203 of 9,150 links" */
  drawn: string;
  /** The graph's id. */
  graph: string;
  /** The address of the page that shows it; null: there is none. */
  link: string | null;
}

const named = (model: GraphModel, node: number): string => nodeName(model, node).text.trim() || nodeName(model, node).text;

/** `ratherThan`: the logit that the target is told apart from; `drawn`: null for what is no part of the graph's own drawing. */
export function captionOf(model: GraphModel, target: number, ratherThan: number | null, drawn: Drawn | null, link: string | null): Caption {
  const { record, nodes } = model;
  const probability = nodes.probability[target] ?? null;
  const asked = [named(model, target), ...(probability === null ? [] : [percent(probability, probability > 0 && probability < 0.1 ? 1 : 0)])];
  const other = ratherThan === null ? "" : ` rather than ${named(model, ratherThan)}`;
  return {
    title: `${barePrompt(record)} → ${asked.join(" ")}${other}`,
    drawn: drawn === null ? "" : drawnText(model, `${named(model, target)}${other}`, drawn),
    graph: record.id,
    link,
  };
}

function drawnText({ nNodes, nEdges }: GraphModel, target: string, { nodes, links, share }: Drawn): string {
  if (nodes === nNodes) return `All ${count(nNodes)} nodes and ${count(nEdges)} links`;
  const held = share < 1 ? `, ${percent(share, 0)} of the flow to ${target}` : "";
  return `${count(nodes)} of ${count(nNodes)} nodes${held}; ${count(links)} of ${count(nEdges)} links`;
}
