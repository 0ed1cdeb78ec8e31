/** Cypher of one's own: the editor, the values of its $names, its limits, what runs and what saves it. */
import type { ReactNode } from "react";
import type { CypherSchema } from "../../api/types";
import { count } from "../../shared/format";
import { Icon } from "../../shared/Icon";
import type { Bounds, Values } from "../asked";
import { CypherEditor } from "./CypherEditor";
import { namesIn } from "./parameters";
import "./CypherForm.css";

interface CypherFormProps {
  /** Above the editor. */
  title: ReactNode;
  text: string;
  values: Values;
  bounds: Bounds;
  schema: CypherSchema | null;
  isRunning: boolean;
  fault: string | null;
  /** Beside the button that runs it. */
  actions: ReactNode;
  onText: (text: string) => void;
  onValues: (values: Values) => void;
  onBounds: (bounds: Bounds) => void;
  onRun: () => void;
  onCancel: () => void;
}

/** Why a typed limit is none; null: it is one, or the server's counts. */
export function faultOfBound(text: string, least: number, most: number, isWhole: boolean): string | null {
  if (text.trim() === "") return null;
  const value = Number(text);
  if (!Number.isFinite(value) || (isWhole && !Number.isInteger(value))) return isWhole ? "a whole number" : "a number";
  return value < least || value > most ? `${count(least)} to ${count(most)}` : null;
}

export function CypherForm({ title, text, values, bounds, schema, isRunning, fault, actions, onText, onValues, onBounds, onRun, onCancel }: CypherFormProps) {
  const names = namesIn(text);
  const limits = schema?.limits;
  const rows = limits ? faultOfBound(bounds.rows, 1, limits.max_rows, true) : null;
  const seconds = limits ? faultOfBound(bounds.seconds, limits.min_seconds, limits.max_seconds, false) : null;
  return (
    <section className="cypher-form" aria-label="Cypher" data-testid="cypher-form">
      <div className="cypher-form-head">
        {title}
        <span className="cypher-form-badge" title="Whatever would do more than read stored graphs is refused.">
          only reads
        </span>
        {schema && (
          <span className="muted" data-testid="dialect">
            {schema.dialect}
          </span>
        )}
      </div>
      <CypherEditor text={text} schema={schema} fault={fault} onChange={onText} onRun={onRun} />
      {names.length > 0 && (
        <div className="cypher-form-values" role="group" aria-label="Values of its names">
          {names.map((name) => (
            <label key={name}>
              <code>${name}</code>
              <input
                type="text"
                autoComplete="off"
                spellCheck={false}
                placeholder="JSON, or text"
                value={values[name]?.[0] ?? ""}
                data-testid={`value-${name}`}
                onChange={({ target }) => onValues({ ...values, [name]: target.value === "" ? [] : [target.value] })}
                onKeyDown={(event) => {
                  if (event.key === "Enter") onRun();
                }}
              />
            </label>
          ))}
        </div>
      )}
      <div className="cypher-form-act">
        {isRunning ? (
          <button type="button" data-testid="cancel-query" onClick={onCancel}>
            <Icon name="close" /> Cancel
          </button>
        ) : (
          <button type="button" className="primary" data-testid="run" title="Ctrl Enter, ⌘ Enter" disabled={text.trim() === "" || rows !== null || seconds !== null} onClick={onRun}>
            Run
          </button>
        )}
        {actions}
        {limits && (
          <span className="cypher-form-bounds muted">
            <label>
              at most{" "}
              <input type="text" inputMode="numeric" autoComplete="off" aria-label="Rows at most" aria-invalid={rows !== null} title={rows ?? undefined} placeholder={String(limits.default_rows)} value={bounds.rows} data-testid="bound-rows" onChange={({ target }) => onBounds({ ...bounds, rows: target.value })} />{" "}
              rows
            </label>{" "}
            <label>
              in{" "}
              <input type="text" inputMode="decimal" autoComplete="off" aria-label="Seconds at most" aria-invalid={seconds !== null} title={seconds ?? undefined} placeholder={String(limits.default_seconds)} value={bounds.seconds} data-testid="bound-seconds" onChange={({ target }) => onBounds({ ...bounds, seconds: target.value })} />{" "}
              s
            </label>
            {(rows ?? seconds) !== null && (
              <span className="cypher-form-wrong" role="alert">
                {rows === null ? `seconds: ${seconds ?? ""}` : `rows: ${rows}`}
              </span>
            )}
          </span>
        )}
      </div>
    </section>
  );
}
