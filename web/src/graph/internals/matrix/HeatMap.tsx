/**
 * A matrix as a heat map with its names on both sides: of a head's queries and keys, or of layers and heads. The row and the
 * column under the pointer are marked; a click, or the arrow keys, choose a cell, which is told in a line below.
 */
import { useId, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import type { Values } from "../numbers";
import { AxisNames, axisRoom, type Axis } from "./AxisNames";
import type { Scale } from "./colours";
import { MapPicture } from "./MapPicture";
import { cellAt, cellSide, steppedTo, within, type CellPlace, type Place } from "./place";
import "./HeatMap.css";

export interface HeatMapProps {
  /** [rows, columns] */
  values: Values;
  scale: Scale;
  rows: Axis;
  columns: Axis;
  /** What it is a map of. */
  name: string;
  /** Whether there are only cells up to the diagonal. */
  causal?: boolean;
  /** What a cell says, with its figure and unit. */
  describe: (cell: CellPlace, value: number) => string;
  /** What is marked as under the pointer, here or elsewhere. */
  hovered: Place | null;
  /** A cell, or a row or a column of whose names the pointer is over one. */
  onHover: (place: Place | null) => void;
  selected: CellPlace | null;
  onPick: (cell: CellPlace) => void;
  /** Of a cell's side, pixels. */
  largestCell?: number;
  testId: string;
}

export function HeatMap({ values, scale, rows, columns, name, causal = false, describe, hovered, onHover, selected, onPick, largestCell, testId }: HeatMapProps) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth));
    watcher.observe(element);
    setWidth(element.clientWidth);
    return () => watcher.disconnect();
  }, []);

  const [nRows, nColumns] = [rows.names.length, columns.names.length];
  const room = axisRoom([...rows.names, `${rows.title} ↓`, `${columns.title} →`]);
  const side = cellSide(width - room - 2, nColumns, largestCell);
  const isCell = ({ row, column }: CellPlace): boolean => !causal || column <= row;
  const valueAt = ({ row, column }: CellPlace): number => values.values[row * nColumns + column] ?? Number.NaN;
  const placeOf = (event: MouseEvent<HTMLElement>): CellPlace => {
    const { left, top, width: across, height: down } = event.currentTarget.getBoundingClientRect();
    return cellAt((event.clientX - left) / across, (event.clientY - top) / down, nRows, nColumns);
  };
  const hover = (place: CellPlace) => {
    if (place.row !== hovered?.row || place.column !== hovered.column) onHover(isCell(place) ? place : null);
  };
  const step = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = steppedTo(selected ?? { row: nRows - 1, column: 0 }, event.key, nRows, nColumns, causal);
    if (!to) return;
    event.preventDefault();
    onPick(selected ? to : { row: nRows - 1, column: 0 });
  };
  const [hoveredRow, hoveredColumn] = [hovered?.row ?? null, hovered?.column ?? null];
  const over = hoveredRow === null || hoveredColumn === null ? null : { row: hoveredRow, column: hoveredColumn };
  const told = over && isCell(over) ? over : selected;

  return (
    <div className="heat-map" ref={box} data-testid={testId}>
      <div className="heat-map-scroll" onPointerLeave={() => onHover(null)}>
        <div className="heat-map-body" style={{ gridTemplateColumns: `${room}px ${nColumns * side}px` }}>
          <span className="heat-map-corner" aria-hidden="true" onPointerEnter={() => onHover(null)}>
            <span>{rows.title} ↓</span> <span>{columns.title} →</span>
          </span>
          <AxisNames
            axis={columns}
            side={side}
            direction="across"
            marked={[hoveredColumn, selected?.column ?? null]}
            onHover={(part) => onHover({ row: null, column: within(part, nColumns) })}
          />
          <AxisNames
            axis={rows}
            side={side}
            direction="down"
            marked={[hoveredRow, selected?.row ?? null]}
            onHover={(part) => onHover({ row: within(part, nRows), column: null })}
          />
          <div
            className="heat-map-plot"
            style={{ width: nColumns * side, height: nRows * side }}
            role="grid"
            tabIndex={0}
            aria-label={name}
            aria-rowcount={nRows}
            aria-colcount={nColumns}
            aria-activedescendant={selected ? `${id}cell` : undefined}
            data-testid={`${testId}-plot`}
            onPointerMove={(event) => hover(placeOf(event))}
            onClick={(event) => {
              const place = placeOf(event);
              if (isCell(place)) onPick(place);
            }}
            onKeyDown={step}
          >
            <MapPicture values={values} scale={scale} causal={causal} />
            {hoveredRow !== null && <span className="heat-map-row" style={{ top: hoveredRow * side, height: side }} />}
            {hoveredColumn !== null && <span className="heat-map-column" style={{ left: hoveredColumn * side, width: side }} />}
            {selected && <span className="heat-map-cell" style={{ left: selected.column * side, top: selected.row * side, width: side, height: side }} data-testid={`${testId}-selected`} />}
            <div role="row" className="unseen" aria-rowindex={(selected?.row ?? 0) + 1}>
              <span role="gridcell" id={`${id}cell`} aria-colindex={(selected?.column ?? 0) + 1} aria-selected={selected !== null}>
                {describe(selected ?? { row: 0, column: 0 }, valueAt(selected ?? { row: 0, column: 0 }))}
              </span>
            </div>
          </div>
        </div>
      </div>
      <p className="heat-map-told" data-testid={`${testId}-told`}>
        {told ? describe(told, valueAt(told)) : " "}
      </p>
    </div>
  );
}
