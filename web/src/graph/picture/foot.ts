/** What stands under a picture: the meaning of its marks, and its caption. */
import { LABEL_FONT, TITLE_FONT } from "../drawing/names/fonts";
import { addMark, drawMark, drawTarget, type Tone } from "../drawing/marks";
import type { Palette } from "../drawing/palette";
import type { SizedBy } from "../drawing/prominence";
import type { Measure } from "../drawing/vector/svg";
import type { Surface } from "../drawing/vector/surface";
import type { Kind } from "../../api/types";
import type { Caption } from "./caption";

/** What the key explains: the drawing's marks, sized by something; null: lines alone. */
export type Key = { sizedBy: SizedBy } | null;

interface Line {
  text: string;
  font: string;
  strong: boolean;
  /** The address that it leads to. */
  href: string | null;
}

/** The foot of a picture of some width; all lengths are CSS pixels. */
export interface Foot {
  width: number;
  height: number;
  key: Key;
  /** Rows of the key, as it is broken. */
  items: readonly (KeyItem & { x: number; y: number })[];
  lines: readonly Line[];
}

interface KeyItem {
  text: string;
  mark: Kind | "target" | "excites" | "inhibits" | null;
  width: number;
}

const PADDING = 16;
const LINE = 17;
const ROW = 20;
const SWATCH = { mark: 16, line: 26 };
const GAP = 16;
/** Lines that a title has at most. */
const MOST_LINES = 4;
const SHADES: Record<Kind, Tone> = { feature: "ink", embedding: "mid", error: "hollow", logit: "ink" };
const SIZES: Record<SizedBy, string> = { flow: "size: flow to the target", influence: "size: influence" };

export function footOf(caption: Caption, key: Key, kinds: ReadonlySet<Kind>, width: number, measure: Measure): Foot {
  const room = width - 2 * PADDING;
  const wide = (text: string, font: string): number => measure(text, font).width;
  const marks: KeyItem["mark"][] = key === null ? [] : [...(["feature", "embedding", "error", "logit"] as const).filter((kind) => kinds.has(kind)), "target"];
  const named: Pick<KeyItem, "text" | "mark">[] = [...marks, "excites" as const, "inhibits" as const].map((mark) => ({ text: mark ?? "", mark }));
  if (key !== null) named.push({ text: SIZES[key.sizedBy], mark: null });
  let x = PADDING;
  let y = ROW / 2 + 8;
  const items = named.map(({ text, mark }) => {
    const swatch = mark === null ? 0 : mark === "excites" || mark === "inhibits" ? SWATCH.line : SWATCH.mark;
    const item = { text, mark, width: swatch + wide(text, LABEL_FONT.plain) };
    if (x > PADDING && x + item.width > width - PADDING) {
      x = PADDING;
      y += ROW;
    }
    const placed = { ...item, x, y };
    x += item.width + GAP;
    return placed;
  });
  const lines: Line[] = [
    ...wrapped(caption.title, room, (text) => wide(text, TITLE_FONT)).map((text) => ({ text, font: TITLE_FONT, strong: true, href: null })),
    ...(caption.drawn === "" ? [] : wrapped(caption.drawn, room, (text) => wide(text, LABEL_FONT.plain))).map((text) => ({ text, font: LABEL_FONT.plain, strong: false, href: null })),
    ...sources(caption, room, (text) => wide(text, LABEL_FONT.plain)),
  ];
  return { width, height: y + ROW / 2 + 4 + lines.length * LINE + PADDING - 4, key, items, lines };
}

/** The graph's id and its address, on one line if there is room. */
function sources({ graph, link }: Caption, room: number, wide: (text: string) => number): Line[] {
  const line = (text: string, href: string | null): Line => ({ text, font: LABEL_FONT.plain, strong: false, href });
  const id = `Graph ${graph}`;
  if (link === null) return [line(id, null)];
  // An address as long as the work that it tells is written without it; it leads there in an SVG all the same.
  const written = wide(link) <= room ? link : (link.split("?")[0] ?? link);
  const both = `${id} · ${written}`;
  return wide(both) <= room ? [line(both, link)] : [line(id, null), line(cut(written, room, wide), link)];
}

function cut(text: string, room: number, wide: (text: string) => number): string {
  let kept = text;
  while (kept.length > 1 && wide(kept) > room) kept = `${kept.slice(0, -2)}…`;
  return kept;
}

/** A text in lines of at most `room` pixels, broken at spaces; a last line that is too long is cut. */
export function wrapped(text: string, room: number, wide: (text: string) => number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && (lines.length === MOST_LINES || wide(`${last} ${word}`) <= room)) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => cut(line, room, wide));
}

/** Draws a foot from (0, 0) downwards. `linked` is called about a line that leads somewhere. */
export function drawFoot(surface: Surface, foot: Foot, palette: Palette, linked: (href: string, draw: () => void) => void): void {
  surface.globalAlpha = 1;
  surface.fillStyle = palette.paper;
  surface.fillRect(0, 0, foot.width, foot.height);
  surface.textAlign = "left";
  surface.textBaseline = "middle";
  for (const item of foot.items) {
    drawSwatch(surface, item, palette);
    surface.font = LABEL_FONT.plain;
    surface.fillStyle = palette.mid;
    surface.fillText(item.text, item.x + item.width - surface.measureText(item.text).width, item.y);
  }
  let y = (foot.items.at(-1)?.y ?? 0) + ROW / 2 + 4 + LINE / 2;
  for (const { text, font, strong, href } of foot.lines) {
    const write = () => {
      surface.font = font;
      surface.fillStyle = strong ? palette.ink : palette.mid;
      surface.fillText(text, PADDING, y);
    };
    if (href === null) write();
    else linked(href, write);
    y += LINE;
  }
}

function drawSwatch(surface: Surface, { mark, x, y }: Foot["items"][number], palette: Palette): void {
  if (mark === null) return;
  if (mark === "excites" || mark === "inhibits") {
    surface.beginPath();
    surface.moveTo(x, y);
    surface.lineTo(x + SWATCH.line - 6, y);
    surface.strokeStyle = palette[mark];
    surface.lineWidth = 2;
    surface.setLineDash(mark === "inhibits" ? [5, 3.5] : []);
    surface.stroke();
    surface.setLineDash([]);
  } else if (mark === "target") {
    surface.beginPath();
    addMark(surface, "logit", x + 5, y, 3);
    surface.fillStyle = palette.ink;
    surface.fill();
    drawTarget(surface, { x: x + 5, y, r: 3, beyond: null }, palette);
  } else drawMark(surface, mark, SHADES[mark], x + 5, y, 3.8, palette);
}
