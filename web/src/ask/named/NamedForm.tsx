/** A named query: what it asks, a field for each of its parameters, the button that asks, the way to its Cypher. */
import { useState, type SyntheticEvent } from "react";
import type { NamedQuery } from "../../api/types";
import type { Values } from "../asked";
import { Field } from "./Field";
import { heldIn, parametersOf } from "./form";
import "./NamedForm.css";

interface NamedFormProps {
  query: NamedQuery;
  values: Values;
  isRunning: boolean;
  onChange: (values: Values) => void;
  onAsk: () => void;
  onCypher: () => void;
}

export function NamedForm({ query, values, isRunning, onChange, onAsk, onCypher }: NamedFormProps) {
  const [isStrict, setStrict] = useState(false);
  const ofGraph = query.parameters.find(({ type }) => type === "graph");
  const graph = ofGraph ? (values[ofGraph.name]?.[0] ?? "") : null;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setStrict(true);
    if (parametersOf(query, values) !== null) onAsk();
  };
  return (
    <form className="named-form" onSubmit={submit} data-testid="named-form" aria-labelledby="named-title">
      <h1 id="named-title">{query.title}</h1>
      <p className="muted">{query.sentence}</p>
      <div className="named-form-fields">
        {query.parameters.map((parameter) => (
          <Field
            key={parameter.name}
            parameter={parameter}
            texts={heldIn(values, parameter)}
            graph={graph}
            isStrict={isStrict}
            onChange={(texts) => onChange({ ...values, [parameter.name]: texts })}
          />
        ))}
      </div>
      <div className="named-form-act">
        <button type="submit" className="primary" data-testid="ask" disabled={isRunning}>
          {isRunning ? "Asking…" : "Ask"}
        </button>
        <button type="button" data-testid="show-cypher" onClick={onCypher}>
          Show the Cypher
        </button>
      </div>
    </form>
  );
}
