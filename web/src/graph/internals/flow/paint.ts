/** The bars and their labels on a canvas, in CSS pixels. */
import { N_COLOURS, type Paints } from "./colours";
import { barBox, cellBox, inSight, labelStep, type Grid, type View } from "./grid";
import { cellOf, type Reach, type Shares } from "./shares";
import { eachVisible, Stack } from "./stack";

/** All that is drawn. */
export interface Picture {
  readonly shares: Shares;
  readonly reach: Reach;
  /** The source that is traced; null: none. */
  readonly traced: number | null;
  /** Each source's colour, as a place in `Paints.sources`. */
  readonly colours: readonly number[];
  readonly tokens: readonly string[];
  /** The most probable next token at each position, and its probability in words. */
  readonly predictions: readonly { readonly token: string; readonly chance: string }[];
  /** The position whose prediction is explained. */
  readonly predicted: number;
}

/** The plot's place in the canvas, whose edges have the labels. */
export interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const SMALL = 11;
/** The least room for a label: of a row, of a column, and of a column across which it is written. */
const LEAST = { row: 14, column: 14, across: 40 };
/** How pale the others are while a source is traced. */
const PALE = 0.16;
const LAYER_LABEL = 80;

/** The edges leave room for labels as they are written where nothing is zoomed. */
export const edgesFor = (nPositions: number, width: number): Edges =>
  (width - LAYER_LABEL) / nPositions >= LEAST.across
    ? { left: LAYER_LABEL, top: 38, right: 8, bottom: 24 }
    : { left: LAYER_LABEL, top: 92, right: 8, bottom: 72 };

export const halfName = (row: number): string => `layer ${Math.floor(row / 2)}, after ${row % 2 === 0 ? "attention" : "the MLP"}`;

/** How high a share of 1 is, and where 0 is, in a bar of this height. */
export const scaleOf = ({ top, bottom }: Reach, height: number): { unit: number; zero: number } => {
  const unit = height / (top - bottom);
  return { unit, zero: unit * top };
};

/** Rectangles by colour, so that the brush changes once a colour: x, y, width and height of each in a row. */
type Brushes = number[][];

export function paintBars(context: CanvasRenderingContext2D, picture: Picture, grid: Grid, view: View, paints: Paints, ratio: number): void {
  const { shares, reach, traced, colours } = picture;
  const { rows, positions } = inSight(grid, view);
  const stack = new Stack(shares.nSources);
  const brushes: Brushes = Array.from({ length: N_COLOURS }, () => []);
  const standing: number[] = [];
  context.fillStyle = paints.band;
  for (let row = rows[0]; row <= rows[1]; row++) {
    // The MLPs' rows lie on a band.
    if (row % 2 === 0) continue;
    const { y, height } = cellBox(grid, view, { row, position: 0 });
    context.fillRect(0, y, grid.width, height);
  }
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let position = positions[0]; position <= positions[1]; position++) {
      const box = barBox(grid, view, { row, position });
      const { unit, zero } = scaleOf(reach, box.height);
      eachVisible(stack.fill(cellOf(shares, row, position), traced), 1 / ratio / unit, traced, (source, from, to) => {
        const target = source === traced ? standing : brushes[colours[source] ?? 0];
        target?.push(box.x, box.y + zero - unit * Math.max(from, to), box.width, unit * Math.abs(to - from));
      });
    }
  }
  context.globalAlpha = traced === null ? 1 : PALE;
  brushes.forEach((rectangles, colour) => fill(context, rectangles, paints.sources[colour] ?? paints.mid));
  context.globalAlpha = 1;
  if (traced !== null) fill(context, standing, paints.sources[colours[traced] ?? 0] ?? paints.mid);
  if (reach.bottom < 0) paintZeros(context, picture, grid, view, paints);
}

function fill(context: CanvasRenderingContext2D, rectangles: readonly number[], paint: string | CanvasPattern): void {
  context.fillStyle = paint;
  for (let at = 0; at < rectangles.length; at += 4) {
    context.fillRect(rectangles[at] ?? 0, rectangles[at + 1] ?? 0, rectangles[at + 2] ?? 0, rectangles[at + 3] ?? 0);
  }
}

/** The line of 0 under bars of both signs. */
function paintZeros(context: CanvasRenderingContext2D, { reach }: Picture, grid: Grid, view: View, paints: Paints): void {
  context.fillStyle = paints.mid;
  const { rows } = inSight(grid, view);
  for (let row = rows[0]; row <= rows[1]; row++) {
    const box = barBox(grid, view, { row, position: 0 });
    if (box.height < 6) continue;
    const first = cellBox(grid, view, { row, position: 0 });
    context.fillRect(first.x, box.y + scaleOf(reach, box.height).zero - 0.5, view.k * grid.column * grid.nPositions, 1);
  }
}

/** The layers on the left, the tokens below, the predictions above. */
export function paintLabels(context: CanvasRenderingContext2D, picture: Picture, grid: Grid, view: View, edges: Edges, paints: Paints): void {
  const font = (bold: boolean) => `${bold ? 650 : 400} ${SMALL}px ${paints.font}`;
  const { rows, positions } = inSight(grid, view);
  const row = view.k * grid.row;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.font = font(false);
  context.fillStyle = paints.mid;
  const isEach = row >= LEAST.row;
  const step = isEach ? 1 : 2 * labelStep(2 * row, LEAST.row);
  for (let at = rows[0] - (rows[0] % step); at <= rows[1]; at += step) {
    const { y } = cellBox(grid, view, { row: at, position: 0 });
    // A layer's name stands between its two rows.
    const middle = isEach ? y + row / 2 : y;
    if (middle < 4 || middle > grid.height - 4) continue;
    const name = isEach ? `L${Math.floor(at / 2)} ${at % 2 === 0 ? "attention" : "MLP"}` : `layer ${at / 2}`;
    context.fillText(name, edges.left - 8, edges.top + middle);
  }

  const column = view.k * grid.column;
  const every = labelStep(column, LEAST.column);
  for (let position = positions[0] - (positions[0] % every); position <= positions[1]; position += every) {
    const middle = view.x + column * (position + 0.5);
    if (middle < 0 || middle > grid.width) continue;
    const isPredicted = position === picture.predicted;
    const token = picture.tokens[position] ?? "";
    const next = picture.predictions[position];
    const x = edges.left + middle;
    const foot = edges.top + grid.height + 6;
    context.font = font(isPredicted);
    context.fillStyle = isPredicted ? paints.accent : paints.ink;
    if (column >= LEAST.across) {
      context.textAlign = "center";
      context.fillText(cut(context, token, column - 4), x, foot + 7);
      if (next) {
        context.fillText(cut(context, next.token, column - 4), x, edges.top - 25);
        context.fillStyle = isPredicted ? paints.accent : paints.mid;
        context.fillText(next.chance, x, edges.top - 11);
      }
    } else {
      upward(context, cut(context, token, edges.bottom - 10), x, foot, "right");
      if (next) upward(context, cut(context, `${next.token} ${next.chance}`, edges.top - 10), x, edges.top - 6, "left");
    }
  }
}

/** Text that is read from below. */
function upward(context: CanvasRenderingContext2D, text: string, x: number, y: number, align: CanvasTextAlign): void {
  context.save();
  context.translate(x, y);
  context.rotate(-Math.PI / 2);
  context.textAlign = align;
  context.fillText(text, 0, 0);
  context.restore();
}

/** A text as far as it fits. */
function cut(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && context.measureText(`${letters.join("")}…`).width > width) letters.pop();
  return `${letters.join("")}…`;
}
