/** The named queries, under their headings, found by words. */
import { useState } from "react";
import type { QueriesAnswer } from "../../api/types";
import { follow } from "../../shared/router";
import { addressOf, NO_BOUNDS, type Values } from "../asked";
import { queryGroups } from "./form";
import "./NamedList.css";

interface NamedListProps {
  queries: QueriesAnswer;
  chosen: string | null;
  /** Of the query that is open: the next one has those of the same names and kinds. */
  values: Values;
}

export function NamedList({ queries, chosen, values }: NamedListProps) {
  const [sought, setSought] = useState("");
  const groups = queryGroups(queries, sought);
  const before = queries.queries.find(({ name }) => name === chosen);
  /** What is chosen of a graph stays chosen. */
  const carried = (name: string): Values => {
    const next = queries.queries.find((query) => query.name === name);
    const same = next?.parameters.filter((one) => one.required && before?.parameters.some((other) => other.name === one.name && other.type === one.type)) ?? [];
    return Object.fromEntries(same.flatMap(({ name: parameter }) => (values[parameter]?.length ? [[parameter, values[parameter]] as const] : [])));
  };
  return (
    <>
      <input className="named-list-search text-field" type="search" aria-label="Search the questions" placeholder="Search the questions" value={sought} data-testid="search-questions" onChange={({ target }) => setSought(target.value)} />
      {groups.map((group) => (
        <section key={group.name} className="named-list-group" aria-label={group.name}>
          <h3>{group.name}</h3>
          <ul>
            {group.queries.map(({ name, title, sentence }) => (
              <li key={name}>
                <a
                  className="named-list-link"
                  href={addressOf({ kind: "named", name, values: carried(name), bounds: NO_BOUNDS })}
                  title={sentence}
                  aria-current={name === chosen ? "page" : undefined}
                  data-testid={`question-${name}`}
                  onClick={follow}
                >
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 && <p className="muted">No question has these words. Anything else is asked in Cypher.</p>}
    </>
  );
}
