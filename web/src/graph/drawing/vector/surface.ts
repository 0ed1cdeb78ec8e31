/**
 * What the drawing draws on: the context of a canvas, or an SVG (svg.ts). The part of a 2D context that both have, so that
 * whatever is drawn can leave the page as lines and text.
 */
type Shared =
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "globalAlpha"
  | "font"
  | "textAlign"
  | "textBaseline"
  | "save"
  | "restore"
  | "translate"
  | "rotate"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "bezierCurveTo"
  | "arc"
  | "rect"
  | "closePath"
  | "fillRect"
  | "strokeRect";

export interface Surface extends Pick<CanvasRenderingContext2D, Shared> {
  setLineDash(dashes: number[]): void;
  /** Of the current path: an SVG cannot read a Path2D. */
  fill(): void;
  stroke(): void;
  fillText(text: string, x: number, y: number): void;
  measureText(text: string): { width: number };
}
