/** A menu of files that a graph can be taken away as. The server writes them; the links are all there is to it. */
import { useRef } from "react";
import { Icon } from "../shared/Icon";
import "./ExportGraph.css";

const FORMATS = [
  ["graph-json", "Graph JSON (Neuronpedia, circuit-tracer)"],
  ["graphml", "GraphML"],
  ["node-link", "Node-link JSON (networkx)"],
  ["csv", "CSV: nodes and edges"],
  ["parquet", "Parquet"],
] as const;

export function ExportGraph({ id }: { id: string }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details
      ref={menu}
      className="export-graph"
      data-testid="export-graph"
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !menu.current?.open) return;
        event.stopPropagation();
        close();
        menu.current.querySelector("summary")?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
    >
      <summary className="icon-button" aria-label="Export this graph" title="Export this graph">
        <Icon name="download" />
      </summary>
      <ul>
        {FORMATS.map(([format, name]) => (
          <li key={format}>
            <a href={`/api/graphs/${encodeURIComponent(id)}/export?format=${format}`} download onClick={close}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </details>
  );
}
