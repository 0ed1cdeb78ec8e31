/** The Cypher behind a list: what it reads, the statement in the running engine's dialect, a button that copies it. */
import { useEffect, useRef, useState } from "react";
import { getQueries } from "../../../api/client";
import type { PathsAnswer } from "../../../api/types";
import { count, counted } from "../../../shared/format";
import { Dialog } from "../../../shared/dialog/Dialog";
import { useAnswer } from "../../../shared/useAnswer";
import { copyText } from "../../../shared/out/clipboard";
import { LINKS_OF_PATHS, pathsOf, statementFor, towards } from "./cypher";
import "./CypherDialog.css";

const ENGINES = { ladybug: "Ladybug", neo4j: "Neo4j" } as const;

interface CypherDialogProps {
  answers: readonly PathsAnswer[];
  onClose: () => void;
}

export function CypherDialog({ answers, onClose }: CypherDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [news, setNews] = useState("");
  useEffect(() => dialog.current?.showModal(), []);
  const { answer: queries, error } = useAnswer("queries", getQueries);

  const [first] = answers;
  const query = queries?.queries.find(({ name }) => name === LINKS_OF_PATHS);
  const listed = pathsOf(answers);
  const other = first?.rather_than?.id ?? null;
  const paths = other === null ? listed : listed.flatMap((path) => [path, towards(path, other)]);
  const statement = query && first ? statementFor(query.cypher, first.graph, paths) : null;
  return (
    <Dialog dialog={dialog} title="The Cypher behind this list" width={720} testId="cypher-dialog" onClose={onClose}>
      <p>
        Ranking goes over all paths at once, which Cypher cannot; the server does it outside the database. This statement reads{" "}
        {first?.groups ? `the strongest paths of each row, ${count(listed.length)} in all,` : `the ${counted(listed.length, "listed path")}`} from
        the database link by link, in the order of the lists: a path’s influence is the product of its shares.
        {other !== null && " The target is a difference of two logits, so each path is read to the one and then to the other, where the database has both links."}
        {statement !== null && statement.read < paths.length && ` It holds the first ${count(statement.read)} of ${count(paths.length)}: no more fit into one statement.`}
      </p>
      {error && <p role="alert">{error.detail}</p>}
      {statement && queries && (
        <>
          <div className="cypher-dialog-head">
            <span>
              For {ENGINES[queries.engine]}, the named query <code>{LINKS_OF_PATHS}</code> with its values
            </span>
            <span role="status">{news}</span>
            <button
              type="button"
              data-testid="copy-cypher"
              onClick={() => void copyText(statement.text).then((copied) => setNews(copied ? "Copied" : "The browser does not let the page copy: select it"))}
            >
              Copy
            </button>
          </div>
          <pre className="cypher-dialog-text" tabIndex={0} data-testid="cypher-text">
            {statement.text}
          </pre>
        </>
      )}
    </Dialog>
  );
}
