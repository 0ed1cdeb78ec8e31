/** A prompt's form as a job or a graph had it, so that it is edited and traced again. */
import type { GraphRecord, Job, ModelsAnswer, Parameter } from "../api/types";
import { barePrompt, counted } from "../shared/format";
import { EMPTY, type Draft } from "./draft";

export interface Again {
  draft: Draft;
  /** What the form cannot have of it, in sentences. */
  left: readonly string[];
}

/** What was asked for, as a job or a graph has it. */
export interface Asked {
  prompt: string;
  messages: Job["messages"];
  model: string;
  transcoders: string;
  /** Of any names and values. */
  parameters: Readonly<Record<string, unknown>>;
}

/** Where an address asks for it: `?again=graph:ID`; null: it does not. */
export function againOf(search: string): { of: "job" | "graph"; id: string } | null {
  const [, of, id] = /^(job|graph):(.+)$/.exec(new URLSearchParams(search).get("again") ?? "") ?? [];
  return of && id ? { of: of as "job" | "graph", id } : null;
}

export const askedOfJob = ({ prompt, messages, model, transcoders, parameters }: Job): Asked => ({ prompt, messages, model, transcoders, parameters });

/** How a model is loaded is not taken over: a graph says the type that the weights had, not what was asked for. */
export const askedOfGraph = (record: GraphRecord): Asked => ({
  prompt: barePrompt(record),
  messages: null,
  model: record.model,
  transcoders: record.transcoder_set,
  parameters: Object.fromEntries(Object.entries(record).filter(([name]) => name !== "dtype")),
});

export function againFrom(asked: Asked, { models, parameters }: ModelsAnswer): Again {
  const left: string[] = [];
  const model = models.find(({ name }) => name === asked.model);
  if (!model) left.push(`The model ${asked.model} is not listed here.`);
  const set = model?.transcoders.find(({ name }) => name === asked.transcoders);
  if (model && !set) left.push(`The transcoders ${asked.transcoders} are not listed here.`);
  const targets = targetsOf(asked.parameters.attribution_targets);
  if (targets === null) left.push("Its targets are no tokens by their text, which this form does not have.");
  return {
    draft: {
      ...EMPTY,
      isChat: (asked.messages ?? null) !== null,
      text: asked.messages ? "" : asked.prompt,
      messages: asked.messages ?? EMPTY.messages,
      model: model?.name ?? null,
      transcoders: set?.name ?? null,
      typed: Object.fromEntries(parameters.flatMap((parameter) => typedOf(parameter, asked.parameters))),
      ...(targets ?? {}),
    },
    left,
  };
}

/** What a parameter is typed as, where it is other than unless given. */
function typedOf({ name, kind, default: usual, nullable }: Parameter, values: Asked["parameters"]): [string, string][] {
  const value = values[name];
  if (kind === "targets" || value === undefined || value === usual || (value === null && !nullable)) return [];
  if (value === null) return [[name, ""]];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [[name, String(value)]] : [];
}

/** Null: the form has no such targets. */
function targetsOf(targets: unknown): Pick<Draft, "targets" | "ratherThan"> | null {
  if (!Array.isArray(targets) || targets.length === 0) return { targets: EMPTY.targets, ratherThan: "" };
  if (targets.every((one): one is string => typeof one === "string")) return { targets, ratherThan: "" };
  const [only] = targets as unknown[];
  if (targets.length !== 1 || typeof only !== "object" || only === null || !("logits" in only) || !Array.isArray(only.logits)) return null;
  const [one, other, ...more] = only.logits as { token?: unknown; factor?: unknown }[];
  if (more.length > 0 || typeof one?.token !== "string" || typeof other?.token !== "string") return null;
  return one.factor === 1 && other.factor === -1 ? { targets: [one.token], ratherThan: other.token } : null;
}

/** The settings that were taken over, in words. */
export const takenOver = ({ draft }: Again): string => {
  const n = Object.keys(draft.typed).length;
  return n > 0 ? ` with ${counted(n, "setting")} as it had them` : "";
};
