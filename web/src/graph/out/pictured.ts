/** What stands in the middle of the page, as a picture in a file. */
import type { Kind } from "../../api/types";
import type { Scheme } from "../../shared/theme";
import type { SizedBy } from "../drawing/prominence";
import type { GraphScene } from "../drawing/scene";
import type { Drawn } from "../model/budget";
import type { GraphModel } from "../model/model";
import { captionOf } from "../picture/caption";
import type { Words } from "../picture/drawn";

/** What is seen of a graph: a drawing, or an SVG of the page. */
export type Stage = { scene: GraphScene } | { svg: SVGSVGElement };

export interface Subject {
  model: GraphModel;
  target: number;
  ratherThan: number | null;
  drawn: Drawn;
  sizedBy: SizedBy;
  /** The address of the page. */
  link: string;
}

export const FORMATS = ["png", "svg"] as const;
export type PictureFormat = (typeof FORMATS)[number];

export interface Wish {
  format: PictureFormat;
  scheme: Scheme;
  /** Pixels of a PNG for each CSS pixel. */
  scale: number;
}

function wordsOf(stage: Stage, { model, target, ratherThan, drawn, sizedBy, link }: Subject): Words {
  const isDrawing = "scene" in stage;
  const caption = captionOf(model, target, ratherThan, isDrawing ? drawn : null, link);
  const kinds = new Set<Kind>(model.nodes.kind.filter((_, node) => drawn.shows[node] === 1));
  if (isDrawing) return { caption, key: { sizedBy }, kinds };
  return { caption: { ...caption, drawn: stage.svg.getAttribute("aria-label") ?? "" }, key: null, kinds };
}

/** The picture that is wished for. Its parts are loaded when the first one is. Throws an Error that says why there is none. */
export async function pictureOf(stage: Stage, subject: Subject, { format, scheme, scale }: Wish): Promise<Blob> {
  const words = wordsOf(stage, subject);
  const ofSvg = (markup: string) => new Blob([markup], { type: "image/svg+xml" });
  if ("scene" in stage) {
    const { pngOfDrawing, svgOfDrawing } = await import("../picture/drawn");
    const still = stage.scene.still(scheme);
    return format === "svg" ? ofSvg(svgOfDrawing(still, words)) : pngOfDrawing(still, words, scale);
  }
  const { pngOfShown, svgOfShown } = await import("../picture/shown");
  return format === "svg" ? ofSvg(svgOfShown(stage.svg, scheme, words)) : pngOfShown(stage.svg, scheme, words, scale);
}

/** What a picture's file is called. */
export const pictureName = ({ record }: GraphModel, format: PictureFormat): string =>
  `${record.name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || "graph"}.${format}`;
