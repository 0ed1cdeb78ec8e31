/** What is set up in the prompt's form, the requests that it makes, and what is wrong with it by the server's own limits. */
import type { JobRequest, Message, Model, ModelsAnswer, Parameter, Prompt } from "../api/types";
import { count, exactToken, setting } from "../shared/format";
import { promptOf } from "./prompts";

export interface Draft {
  isChat: boolean;
  text: string;
  messages: readonly Message[];
  /** Null: the first listed. */
  model: string | null;
  /** Null: the model's first. */
  transcoders: string | null;
  /** What was typed for parameters, by their names. */
  typed: Readonly<Record<string, string>>;
  /** Texts of tokens; one that is empty is none. */
  targets: readonly string[];
  /** The token that the one target is told apart from. */
  ratherThan: string;
  /** The names of the options that are on. */
  options: readonly string[];
}

/** The chat that a form begins with. */
export const NO_MESSAGES: readonly Message[] = [{ role: "user", content: "" }];

export const EMPTY: Draft = {
  isChat: false,
  text: "",
  messages: NO_MESSAGES,
  model: null,
  transcoders: null,
  typed: {},
  targets: [""],
  ratherThan: "",
  options: [],
};

export const modelOf = (draft: Draft, models: ModelsAnswer | null): Model | null =>
  models?.models.find(({ name }) => name === draft.model) ?? models?.models[0] ?? null;

/** Whether a draft is of messages: a model without a chat template takes none. */
export const isChat = (draft: Draft, model: Model | null): boolean => draft.isChat && model?.has_chat_template !== false;

/** The prompt as it is asked for; null where nothing is written. */
export function promptAsked(draft: Draft, model: Model | null): Prompt | null {
  if (isChat(draft, model)) {
    return draft.messages.some(({ content }) => content.trim() !== "") ? { messages: [...draft.messages] } : null;
  }
  return draft.text.trim() === "" ? null : { prompt: promptOf(draft.text) };
}

/** The draft's request for a prompt. Parameters that are as they are unless given are left out. */
export function requestOf(draft: Draft, prompt: Prompt, models: ModelsAnswer): JobRequest {
  const values = models.parameters.flatMap((parameter): [string, unknown][] => {
    const value = valueOf(draft, parameter);
    return value === parameter.default ? [] : [[parameter.name, value]];
  });
  return {
    ...prompt,
    model: modelOf(draft, models)?.name ?? null,
    transcoders: draft.transcoders,
    parameters: Object.fromEntries(values),
    ...Object.fromEntries(draft.options.map((name) => [name, true])),
  };
}

/** What a parameter is in a draft without faults. */
function valueOf(draft: Draft, parameter: Parameter): unknown {
  if (parameter.kind === "targets") return targetsOf(draft);
  const typed = draft.typed[parameter.name];
  if (typed === undefined) return parameter.default;
  if (parameter.kind === "boolean") return typed === "true";
  if (typed.trim() === "") return parameter.nullable ? null : parameter.default;
  return isNumeric(parameter) ? Number(typed) : typed;
}

function targetsOf(draft: Draft): unknown {
  const tokens = named(draft.targets);
  const [token] = tokens;
  if (token === undefined) return null;
  if (!hasOther(draft)) return tokens;
  return [
    {
      logits: [
        { token, factor: 1 },
        { token: draft.ratherThan, factor: -1 },
      ],
    },
  ];
}

const named = (targets: readonly string[]): string[] => targets.filter((token) => token !== "");

/** Whether a draft has the one target that another can be told apart from. */
export const isOneTarget = (draft: Draft): boolean => named(draft.targets).length === 1;

const hasOther = (draft: Draft): boolean => isOneTarget(draft) && draft.ratherThan !== "";

/** What is other than it is unless given, in words. */
export function changesOf(draft: Draft, models: ModelsAnswer): string[] {
  const parameters = models.parameters.flatMap((parameter) => {
    const value = valueOf(draft, parameter);
    if (value === parameter.default) return [];
    if (parameter.kind === "targets") {
      const tokens = named(draft.targets).map(exactToken).join(", ");
      return [hasOther(draft) ? `${tokens} rather than ${exactToken(draft.ratherThan)}` : `towards ${tokens}`];
    }
    return [`${titleOf(parameter)} ${value === null ? "empty" : wordOf(value)}`];
  });
  return [...parameters, ...models.options.filter(({ name }) => draft.options.includes(name)).map(titleOf)];
}

/** Why what is typed for a parameter is refused, by the limits that the server lists; null: it is not. */
export function faultOf(draft: Draft, parameter: Parameter): string | null {
  const typed = draft.typed[parameter.name]?.trim() ?? "";
  if (typed === "" || !isNumeric(parameter)) return null;
  const value = Number(typed);
  const { minimum, exclusive_minimum: above, maximum } = parameter;
  if (!Number.isFinite(value)) return "It is no number.";
  if (parameter.kind === "integer" && !Number.isInteger(value)) return "It is no whole number.";
  if (typeof minimum === "number" && value < minimum) return `It must be at least ${count(minimum)}.`;
  if (typeof above === "number" && value <= above) return `It must be more than ${count(above)}.`;
  if (typeof maximum === "number" && value > maximum) return `It must be at most ${count(maximum)}.`;
  return null;
}

export const isNumeric = ({ kind }: Parameter): boolean => kind === "integer" || kind === "number";

/** A parameter's name in words: "max feature nodes". */
export const titleOf = ({ name }: Parameter): string => name.replaceAll("_", " ");

/** What a parameter does, how far it goes, and what it is unless given. */
export function helpOf(parameter: Parameter): string {
  const { minimum, exclusive_minimum: above, maximum } = parameter;
  const least = typeof minimum === "number" ? `from ${count(minimum)}` : typeof above === "number" ? `above ${count(above)}` : "";
  const most = typeof maximum === "number" ? `up to ${count(maximum)}` : "";
  const range = [least, most].filter(Boolean).join(" ");
  const unless = parameter.default === null ? "" : `${wordOf(parameter.default)} unless changed`;
  const limits = [range, unless].filter(Boolean).join("; ");
  const what = parameter.description.replace("null:", "empty:");
  return limits ? `${what}. ${limits[0]?.toUpperCase() ?? ""}${limits.slice(1)}.` : `${what}.`;
}

const wordOf = (value: unknown): string => (typeof value === "number" ? setting(value) : String(value));
