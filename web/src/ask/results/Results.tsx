/** What was answered: how many rows in what time, as a table, as a graph, as CSV. */
import { useMemo, useState } from "react";
import type { CypherRows, QueryColumn } from "../../api/types";
import { Segmented } from "../../shared/choice/Segmented";
import { counted, seconds } from "../../shared/format";
import { copyText } from "../../shared/out/clipboard";
import { csv } from "../../shared/out/table";
import { saveFile } from "../../shared/saveFile";
import type { Shape } from "../asked";
import { tableOf, typesOf } from "./cells";
import { hasDrawn } from "./drawn";
import { ResultGraph } from "./ResultGraph";
import { ResultTable } from "./ResultTable";
import "./Results.css";

interface ResultsProps {
  answer: CypherRows;
  /** What the query's description says of its columns. */
  described: readonly QueryColumn[];
  /** Of the file that is saved. */
  name: string;
  shape: Shape;
  /** Whether another question is on its way. */
  isOld: boolean;
  onShape: (shape: Shape) => void;
}

const ENGINES = { ladybug: "Ladybug", neo4j: "Neo4j" } as const;
const CUT = { rows: "There are more: the limit of rows cut them.", bytes: "There are more: the answer is as large as one may be." } as const;

export function Results({ answer, described, name, shape, isOld, onShape }: ResultsProps) {
  const [news, setNews] = useState("");
  const { columns, rows, truncated, engine } = answer;
  // They stay the same while somebody types, so that nothing is laid out anew.
  const types = useMemo(() => typesOf(columns, described), [columns, described]);
  const isDrawable = useMemo(() => hasDrawn(columns, types, rows), [columns, types, rows]);
  const text = () => csv(tableOf(columns, rows));
  return (
    <section className={isOld ? "results is-old" : "results"} aria-label="Answer" aria-busy={isOld} data-testid="results">
      <div className="results-head">
        <p role="status" data-testid="result-count">
          <b>{counted(rows.length, "row")}</b>{" "}
          <span className="muted">
            in {seconds(answer.seconds)}, {ENGINES[engine]}
          </span>
          {truncated && <span className="results-cut"> {CUT[truncated]}</span>}
        </p>
        {rows.length > 0 && (
          <div className="results-act">
            <Segmented
              name="Show as"
              value={isDrawable ? shape : "table"}
              options={[
                { value: "table", text: "Table" },
                { value: "graph", text: "Graph", isAbsent: !isDrawable, ...(isDrawable ? {} : { title: "These rows hold no nodes, relationships or paths" }) },
              ]}
              onChoose={onShape}
            />
            <button type="button" data-testid="save-csv" onClick={() => saveFile(`${name}.csv`, new Blob([text()], { type: "text/csv" }))}>
              Save CSV
            </button>
            <button type="button" data-testid="copy-csv" onClick={() => void copyText(text()).then((copied) => setNews(copied ? "Copied" : "The browser does not let the page copy"))}>
              Copy CSV
            </button>
            <span role="status" className="muted">
              {news}
            </span>
          </div>
        )}
      </div>
      {rows.length === 0 ? (
        <p className="results-none muted">Nothing in the database is so.</p>
      ) : isDrawable && shape === "graph" ? (
        <ResultGraph columns={columns} types={types} rows={rows} />
      ) : (
        <ResultTable columns={columns} types={types} described={described} rows={rows} />
      )}
    </section>
  );
}
