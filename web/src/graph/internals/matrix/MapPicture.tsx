/** A matrix as a picture alone, as large as its box: a pixel a cell, made larger without smoothing. */
import { memo, useLayoutEffect, useRef } from "react";
import type { Values } from "../numbers";
import type { Scale } from "./colours";
import { pixelsOf } from "./pixels";
import { useRamps } from "./useRamps";
import "./MapPicture.css";

interface MapPictureProps {
  /** [rows, columns] */
  values: Values;
  scale: Scale;
  /** Whether there are only cells up to the diagonal. */
  causal?: boolean;
}

export const MapPicture = memo(function MapPicture({ values, scale, causal = false }: MapPictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { sequential, diverging, masked } = useRamps();
  const [rows = 0, columns = 0] = values.shape;
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || values.values.length === 0) return;
    const pixels = pixelsOf(values, scale, scale.signed ? diverging : sequential, causal ? masked : null);
    context.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  }, [values, scale, causal, sequential, diverging, masked, rows, columns]);
  return <canvas ref={canvas} className="map-picture" width={columns} height={rows} aria-hidden="true" />;
});
