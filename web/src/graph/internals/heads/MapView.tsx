/** A figure of all heads as a map of layers and heads, with the heads ranked beside it. */
import { useMemo, useState, type CSSProperties } from "react";
import { headName, type InsideProps } from "../inside";
import { ColourBar } from "../matrix/ColourBar";
import { HeatMap } from "../matrix/HeatMap";
import type { Place } from "../matrix/place";
import { largest, type Values } from "../numbers";
import { Choice, WithoutFirst } from "./Choice";
import { coefficient, correlation } from "./correlation";
import { Lacking } from "./Lacking";
import { axisName, figure, headAt, headValues, placeOf } from "./measures";
import { Ranking } from "./Ranking";
import "./MapView.css";

/** Beside which figure another one stands: an estimate beside what was measured. */
const BESIDE: Record<string, string> = { attribution: "ablation", ablation: "attribution", direct_logit: "ablation" };

/** Pixels that the map takes at most: of a cell, of the names beside it, and of the colours below it. */
const [CELL, NAMES, MAP_LEAST] = [40, 48, 230];

const numbersTo = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at));

export function MapView({ internals, inside, onInside, head, onHead, onCompute }: InsideProps) {
  const { map, withoutFirst, notation } = inside;
  const { n_layers: nLayers, n_heads: nHeads } = internals;
  const [hovered, setHovered] = useState<Place | null>(null);
  const shown = useMemo(() => headValues(internals, map, withoutFirst), [internals, map, withoutFirst]);
  const beside = useMemo(() => headValues(internals, BESIDE[map] ?? "", withoutFirst), [internals, map, withoutFirst]);
  const values = useMemo((): Values | null => shown && { shape: [nLayers, nHeads], values: shown.values }, [shown, nLayers, nHeads]);
  const scale = useMemo(() => ({ signed: shown?.measure.isSigned ?? false, most: values ? largest(values) : 0 }), [shown, values]);
  const rows = useMemo(() => ({ title: "layer", names: numbersTo(nLayers) }), [nLayers]);
  const columns = useMemo(() => ({ title: "head", names: numbersTo(nHeads) }), [nHeads]);
  const together = useMemo(() => shown && beside && correlation(shown.values, beside.values), [shown, beside]);
  const { row = null, column = null } = hovered ?? {};
  const hoveredHead = row !== null && column !== null ? placeOf({ layer: row, head: column }, nHeads) : null;
  return (
    <div className="map-view" data-testid="heads-map">
      <div className="map-view-choices">
        <Choice text="Figure" internals={internals} value={map} testId="map-choice" onChange={(name) => onInside({ map: name })} />
        <WithoutFirst internals={internals} names={[map]} inside={inside} onInside={onInside} />
        {shown && <span className="muted map-view-meaning">{shown.measure.help}.</span>}
      </div>
      {!shown || !values ? (
        <Lacking internals={internals} name={map} onCompute={onCompute} />
      ) : (
        <>
          {beside && together && (
            <p className="map-view-beside" data-testid="map-beside">
              {map === "ablation" ? "Attribution, which estimates this," : "Ablation, which is measured,"} stands beside it: the one is no substitute for the other. Here their correlation is {coefficient(together.r)}.
            </p>
          )}
          <div className="map-view-both" style={{ "--map-most": `${Math.max(MAP_LEAST, NAMES + CELL * nHeads)}px` } as CSSProperties}>
            <div className="map-view-map">
              <HeatMap
                values={values}
                scale={scale}
                rows={rows}
                columns={columns}
                name={`${axisName(shown.measure)} of ${nLayers} layers of ${nHeads} heads`}
                describe={({ row, column }, value) => `${headName({ layer: row, head: column }, notation)}: ${shown.measure.title} ${figure(shown.measure, value)}`}
                hovered={hovered}
                onHover={setHovered}
                selected={head && { row: head.layer, column: head.head }}
                onPick={({ row, column }) => onHead({ layer: row, head: column })}
                testId="head-map"
              />
              <ColourBar scale={scale} meaning={axisName(shown.measure)} hasUnknown={shown.values.some((value) => !Number.isFinite(value))} />
            </div>
            <Ranking
              shown={shown}
              beside={beside}
              nHeads={nHeads}
              notation={notation}
              hovered={hoveredHead}
              selected={head && placeOf(head, nHeads)}
              onHover={(place) => {
                const at = place === null ? null : headAt(place, nHeads);
                setHovered(at && { row: at.layer, column: at.head });
              }}
              onPick={(place) => onHead(headAt(place, nHeads))}
            />
          </div>
        </>
      )}
    </div>
  );
}
