/** Numbers, tokens and names as people read them. */
import type { GraphRecord, Kind } from "../api/types";

// Made once: `toLocaleString` makes one for each value, which took 92 ms as the library opened.
const WHOLE = new Intl.NumberFormat("en-US");
const SETTING = new Intl.NumberFormat("en-US", { maximumFractionDigits: 6 });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "medium" });

/** The prompt without the model's own start token, which nobody typed. */
export function barePrompt(record: Pick<GraphRecord, "prompt">): string {
  return record.prompt.replace(/^<[^<>\s]+>/, "").trimStart();
}

/** A share of 1 as "33.2 %" with `digits` after the point; "< 0.1 %" where it would round to zero. */
export function percent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const value = share * 100;
  const least = 10 ** -digits;
  if (value > 0 && value < least / 2) return `< ${least.toFixed(digits)} %`;
  return `${value.toFixed(digits)} %`;
}

/** A score of 0 to 1 as "0.71"; "–" where it is unknown. */
export function score(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || !Number.isFinite(value) ? "–" : value.toFixed(digits);
}

/** A text of at most about `most` characters: a longer one without words of its middle, "The capital of … Dallas is". */
export function middleCut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor((most - 3) / 2);
  const head = text.slice(0, half + 1);
  const tail = text.slice(-half - 1);
  return `${head.includes(" ") ? head.slice(0, head.lastIndexOf(" ")) : head} … ${tail.includes(" ") ? tail.slice(tail.indexOf(" ") + 1) : tail}`;
}

/** A whole number with thousands apart: "60,000". */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A number that somebody set: "0.98", "7,500". */
export const setting = (value: number): string => SETTING.format(value);

/** "1 path", "28 paths". */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

/** A quantity to three significant digits, with an exponent only where it is very small or very large. */
export function quantity(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(size)));
  const text = size < 0.001 || size >= 1e6 ? value.toExponential(2) : value.toFixed(Math.min(digits, 4));
  return text.replaceAll("-", "−");
}

/** Seconds as "0.31 s", "12 s", "2 min 5 s". */
export function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(2)} s`;
  if (value < 60) return `${value.toFixed(0)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** "about 3 s", "about 2 minutes", "about 2 hours"; "" where it is not known. */
export function about(value: number | null): string {
  if (value === null) return "";
  if (value < 90) return `about ${Math.max(1, Math.round(value))} s`;
  const minutes = value / 60;
  return `about ${minutes < 90 ? counted(Math.round(minutes), "minute") : counted(Math.round(minutes / 60), "hour")}`;
}

/** "about 20 s left"; "" where it is not known. */
export const timeLeft = (value: number | null | undefined): string => (typeof value === "number" ? `${about(value)} left` : "");

/** The time from `when` to `now` (milliseconds): "just now", "5 min ago", "yesterday", "12 Mar 2026". */
export function ago(when: string, now: number): string {
  const date = new Date(when);
  const minutes = (now - date.getTime()) / 60_000;
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  if (minutes < 48 * 60) return "yesterday";
  if (minutes < 7 * 24 * 60) return `${Math.floor(minutes / 24 / 60)} days ago`;
  return DAY.format(date);
}

/** A moment in full, in the reader's own time zone. */
export function moment(when: string): string {
  return MOMENT.format(new Date(when));
}

const INVISIBLE = new Map([
  [" ", "␣"],
  ["\n", "↵"],
  ["\r", "␍"],
  ["\t", "⇥"],
]);

/** A token with all its white space made visible. */
function revealed(token: string): string {
  return token.replace(/[ \n\r\t]/g, (char) => INVISIBLE.get(char) ?? char);
}

/** A special token as ‹bos›; null for any other. */
function special(token: string): string | null {
  const found = /^<\|?([\w ]+?)\|?>$/.exec(token);
  return found ? `‹${found[1] ?? ""}›` : null;
}

/** A token as it is, its white space made visible: "␣capital"; a special one as ‹bos›. */
export const exactToken = (token: string): string => special(token) ?? revealed(token);

/** The node of a token, which tells tokens of one spelling apart: pieces of characters are all "�". */
export interface TokenNode {
  kind: Kind;
  position: number | null;
  /** An embedding's or a logit's token id. */
  index: number | null;
}

/** Writes one graph's tokens. */
export type TokenWriter = (token: string, of?: TokenNode) => string;

/**
 * The way to write `tokens`: without the leading space, unless two of them differ only in it or the token is all
 * space; with line ends and tabs made visible; special tokens as ‹bos›.
 */
export function tokenWriter(tokens: Iterable<string>): TokenWriter {
  const spellings = new Map<string, Set<string>>();
  for (const token of tokens) {
    const bare = token.trim();
    const seen = spellings.get(bare);
    if (seen) seen.add(token);
    else spellings.set(bare, new Set([token]));
  }
  return (token) => {
    const name = special(token);
    if (name !== null) return name;
    const bare = token.trim();
    if (bare === "" || (spellings.get(bare)?.size ?? 0) > 1) return revealed(token) || "∅";
    const rest = token.startsWith(" ") ? token.slice(1) : token;
    return rest.replace(/[\n\r\t]/g, (char) => INVISIBLE.get(char) ?? char).replace(/^ | $/g, "␣");
  };
}

/** A feature without a label: "L12 #3645". */
export function featureName(layer: number, index: number, site: string | null = null): string {
  return site === null ? `L${layer} #${index}` : `L${layer} ${site} #${index}`;
}
