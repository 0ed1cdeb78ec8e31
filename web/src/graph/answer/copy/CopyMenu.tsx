/** The ways in which an answer leaves the page: as text, as a table, as a part of the graph, as Cypher. */
import { useState } from "react";
import { pathsFile } from "../../../api/client";
import type { PathsAnswer } from "../../../api/types";
import { Popover } from "../../../shared/popover/Popover";
import { follow, queryAddress } from "../../../shared/router";
import type { GraphModel } from "../../model/model";
import { queryOf, type PageQuestion } from "../../question/question";
import type { Score } from "../../question/scores";
import { targetText, type ListedRows } from "../sentence";
import { saveFile } from "../../../shared/saveFile";
import { copyText } from "../../../shared/out/clipboard";
import { csv, tsv } from "../../../shared/out/table";
import { CypherDialog } from "./CypherDialog";
import { table } from "./table";
import { answerText } from "./words";
import "./CopyMenu.css";

interface CopyMenuProps {
  model: GraphModel;
  scores: readonly Score[];
  score: Score;
  /** What the lists answer. */
  question: PageQuestion;
  lists: readonly ListedRows[];
  sentence: readonly [first: string, rest: string];
  conditions: string;
}

const FILES = [
  ["graph-json", "graph JSON"],
  ["csv", "CSV of nodes and links"],
] as const;

/** Where the database is asked for the paths of the graph to the same logit, and for anything else. */
function aboutAddress(graph: string, { targets }: PathsAnswer): string {
  const [target] = targets.map(({ node }) => node).filter(({ kind }) => kind === "logit");
  return queryAddress("top-paths", { graph, ...(target && targets.length === 1 ? { target: target.id } : {}) });
}

export function CopyMenu({ model, scores, score, question, lists, sentence, conditions }: CopyMenuProps) {
  const [news, setNews] = useState("");
  const [cypher, setCypher] = useState(false);
  const [first] = lists;
  if (!first) return null;
  const target = targetText(first.answer, model.writeToken);
  const copy = (text: string) => void copyText(text).then((copied) => setNews(copied ? "Copied." : "The browser does not let the page copy."));
  const address = window.location.href;
  return (
    <>
      <Popover name="Copy this answer" text="copy" side="right" testId="copy-menu">
        <ul className="copy-menu">
          <li>
            <button
              type="button"
              data-testid="copy-text"
              onClick={() => copy(answerText({ model, score, lists, sentence, conditions, address }))}
            >
              Copy as text
            </button>
          </li>
          <li>
            <button type="button" data-testid="copy-table" onClick={() => copy(tsv(table(lists)))}>
              Copy as table
            </button>
          </li>
          <li>
            <button type="button" data-testid="save-csv" onClick={() => saveFile(`${model.record.name}.paths.csv`, new Blob([csv(table(lists))], { type: "text/csv" }))}>
              Save as CSV
            </button>
          </li>
          <li>
            {question.unpruned ? (
              <p className="muted">The whole trace is a file beside the database: no Cypher reads it.</p>
            ) : (
              <button type="button" data-testid="show-cypher" onClick={() => setCypher(true)}>
                The Cypher behind this list…
              </button>
            )}
          </li>
          <li>
            <a href={aboutAddress(model.record.id, first.answer)} data-testid="ask-about" onClick={follow}>
              Ask the database about this graph
            </a>
          </li>
          {lists
            .filter(({ rows }) => rows.length > 0)
            .map(({ side }) => (
              <li key={side}>
                <span className="muted">
                  What {side} {target}:
                </span>{" "}
                {FILES.map(([format, name]) => (
                  <a key={format} href={pathsFile(model.record.id, queryOf(question, scores, side), format)} download data-testid={`file-${side}-${format}`}>
                    {name}
                  </a>
                ))}
              </li>
            ))}
        </ul>
        <p className="copy-menu-news" role="status">
          {news}
        </p>
      </Popover>
      {cypher && <CypherDialog answers={lists.map(({ answer }) => answer)} onClose={() => setCypher(false)} />}
    </>
  );
}
