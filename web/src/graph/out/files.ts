/** Files that the server writes of a graph. */
import type { LabelRule } from "../../api/types";
import { DEFAULT_LABELS } from "../../shared/labels/origin";

export const FILE_FORMATS = [
  ["graph-json", "Graph JSON (Neuronpedia, circuit-tracer)"],
  ["graphml", "GraphML"],
  ["node-link", "Node-link JSON (networkx)"],
  ["csv", "CSV: nodes and links"],
  ["parquet", "Parquet"],
] as const;
export type FileFormat = (typeof FILE_FORMATS)[number][0];

/** The address of a file. `view`: the View whose pins and supernodes it has; `isPart`: whether it has nothing else. */
export function fileAddress(id: string, format: FileFormat, labels: LabelRule, view: string | null, isPart = false): string {
  const asked = new URLSearchParams({ format });
  if (labels !== DEFAULT_LABELS) asked.set("labels", labels);
  if (view !== null) asked.set("view", view);
  if (isPart) asked.set("part", "view");
  return `/api/graphs/${encodeURIComponent(id)}/export?${asked.toString()}`;
}
