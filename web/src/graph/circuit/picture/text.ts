/** The widths of texts in boxes, which fit what they say, up to a limit. */
import type { Size } from "./lines";
import type { Part } from "../parts";

export const NAME_FONT = "600 12px system-ui, sans-serif";
export const TOKEN_FONT = "600 12px ui-monospace, monospace";
export const NOTE_FONT = "11px system-ui, sans-serif";

const [NARROWEST, WIDEST] = [58, 190];

let context: CanvasRenderingContext2D | null = null;

function widthOfText(text: string, font: string): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return 7 * text.length;
  context.font = font;
  return context.measureText(text).width;
}

/** A text cut to a width, with "…" where it is. */
export function fitted(text: string, width: number, font: string): string {
  if (widthOfText(text, font) <= width) return text;
  let cut = Array.from(text);
  while (cut.length > 1 && widthOfText(`${cut.join("")}…`, font) > width) cut = cut.slice(0, -1);
  return `${cut.join("").trimEnd()}…`;
}

/** The size of a part's box. */
export function sizeOf({ name, note, isToken }: Part): Size {
  const widest = Math.max(widthOfText(name, isToken ? TOKEN_FONT : NAME_FONT), note === null ? 0 : widthOfText(note, NOTE_FONT));
  return { width: Math.ceil(Math.min(WIDEST, Math.max(NARROWEST, widest + 22))), height: note === null ? 28 : 40 };
}
