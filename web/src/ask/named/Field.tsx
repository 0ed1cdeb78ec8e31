/** A field of a named query's form: what it picks is what the server says of the parameter. */
import { useId, type ReactNode } from "react";
import type { QueryParameter } from "../../api/types";
import { Icon } from "../../shared/Icon";
import { FeaturePicker } from "../pickers/FeaturePicker";
import { Chosen, GraphPicker } from "../pickers/GraphPicker";
import { NamePicker } from "../pickers/NamePicker";
import { NodePicker, TokenPicker } from "../pickers/NodePicker";
import type { Picking } from "../pickers/picking";
import { faultOf, isList, limitsOf, titleOf } from "./form";
import "./Field.css";

interface FieldProps {
  parameter: QueryParameter;
  texts: readonly string[];
  /** The graph that the form has chosen; "": none yet; null: its query has none. */
  graph: string | null;
  /** Whether what is missing is said: once somebody has asked. */
  isStrict: boolean;
  onChange: (texts: string[]) => void;
}

export function Field({ parameter, texts, graph, isStrict, onChange }: FieldProps) {
  const id = useId();
  const help = useId();
  const fault = faultOf(parameter, texts);
  const shown = fault === "needed" && !isStrict ? null : fault;
  const limits = limitsOf(parameter);
  const picking: Picking = {
    id,
    value: texts[0] ?? "",
    isRequired: parameter.required,
    isWrong: shown !== null,
    describedBy: help,
    onChange: (value) => onChange(value === "" ? [] : [value]),
  };
  return (
    <div className="field" data-testid={`field-${parameter.name}`} data-type={parameter.type}>
      <label htmlFor={id}>
        {titleOf(parameter)}
        {!parameter.required && <span className="muted"> optional</span>}
      </label>
      {control(parameter, picking, texts, graph, onChange)}
      <p id={help} className={shown === null ? "field-help muted" : "field-help is-wrong"}>
        {shown ?? [parameter.description, limits].filter(Boolean).join("; ")}
      </p>
    </div>
  );
}

function control(parameter: QueryParameter, picking: Picking, texts: readonly string[], graph: string | null, onChange: (texts: string[]) => void): ReactNode {
  const { id, value, isRequired, isWrong, describedBy } = picking;
  const described = { id, className: "text-field", "aria-required": isRequired, "aria-invalid": isWrong, "aria-describedby": describedBy };
  const kinds = parameter.kinds ?? null;
  switch (parameter.type) {
    case "graph":
      return <GraphPicker {...picking} />;
    case "graphs":
      return <Graphs picking={picking} chosen={texts} onChange={onChange} />;
    case "node":
      return <NodePicker {...picking} graph={graph} kinds={kinds} />;
    case "token":
      return <TokenPicker {...picking} graph={graph} kinds={kinds} />;
    case "feature":
      return <FeaturePicker {...picking} />;
    case "collection":
    case "model":
      return <NamePicker {...picking} of={parameter.type} />;
    case "count":
    case "number":
      // As it is typed: a number field would throw away what is no number yet.
      return <input {...described} type="text" inputMode={parameter.type === "count" ? "numeric" : "decimal"} autoComplete="off" value={value} onChange={({ target }) => onChange([target.value])} />;
    default:
      if (!isList(parameter)) return <input {...described} type="text" autoComplete="off" spellCheck={false} value={value} onChange={({ target }) => onChange([target.value])} />;
      return <textarea {...described} rows={3} spellCheck={false} placeholder="One a line" value={texts.join("\n")} onChange={({ target }) => onChange(target.value === "" ? [] : target.value.split("\n"))} />;
  }
}

/** Several graphs, each once: those that are chosen, and a field that adds one. */
function Graphs({ picking, chosen, onChange }: { picking: Picking; chosen: readonly string[]; onChange: (texts: string[]) => void }) {
  return (
    <div className="field-list">
      {chosen.map((graph) => (
        <Chosen key={graph} id={graph} onDrop={() => onChange(chosen.filter((one) => one !== graph))} />
      ))}
      <div className="field-add">
        <Icon name="plus" />
        {/* A new field for each graph, empty again. */}
        <GraphPicker key={chosen.length} {...picking} value="" isRequired={picking.isRequired && chosen.length === 0} onChange={(graph) => onChange([...chosen.filter((one) => one !== graph), graph])} />
      </div>
    </div>
  );
}
