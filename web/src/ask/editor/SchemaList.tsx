/** What the database holds: labels, types of relationships, their properties. */
import type { CypherSchema } from "../../api/types";
import "./SchemaList.css";

export function SchemaList({ schema, isOpen }: { schema: CypherSchema; isOpen: boolean }) {
  return (
    <details className="schema-list" open={isOpen} data-testid="schema">
      <summary>What can be asked for</summary>
      <dl>
        {schema.labels.map(({ name, properties }) => (
          <div key={name}>
            <dt>
              <code>(:{name})</code>
            </dt>
            <dd className="muted">{properties.map((one) => one.name).join(", ")}</dd>
          </div>
        ))}
        {schema.relationships.map(({ name, ends, properties }) => (
          <div key={name}>
            <dt>
              <code>[:{name}]</code>
            </dt>
            <dd className="muted">
              {ends.map(({ source, target }) => `${source} → ${target}`).join(", ")}
              {properties.length > 0 && `; ${properties.map((one) => one.name).join(", ")}`}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
