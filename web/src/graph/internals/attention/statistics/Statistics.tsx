/** The statistics of all heads' patterns as maps of layers and heads, one of them large, with the heads that have most of it. */
import { useMemo, useState } from "react";
import type { InternalsAnswer } from "../../../../api/types";
import { axisName, figure, headAt, headValues, MEASURES, placeOf, type HeadValues } from "../../heads/measures";
import { Ranking } from "../../heads/Ranking";
import { headName, type Head, type Inside } from "../../inside";
import { ColourBar } from "../../matrix/ColourBar";
import { HeatMap } from "../../matrix/HeatMap";
import { MapPicture } from "../../matrix/MapPicture";
import type { Place } from "../../matrix/place";
import { largest, type Values } from "../../numbers";
import "./Statistics.css";

interface StatisticsProps {
  internals: InternalsAnswer;
  withoutFirst: boolean;
  notation: Inside["notation"];
  head: Head;
  onOpen: (head: Head) => void;
}

export function Statistics(props: StatisticsProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="statistics" data-testid="statistics" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Statistics of all heads’ patterns</summary>
      {isOpen && <Maps {...props} />}
    </details>
  );
}

/** The same on every prompt. */
const OF_MODEL: readonly string[] = ["induction", "duplicate_token"];

function Maps({ internals, withoutFirst, notation, head, onOpen }: StatisticsProps) {
  const maps = useMemo(
    () => MEASURES.filter(({ part }) => part === "attention").flatMap(({ name }) => headValues(internals, name, withoutFirst) ?? []),
    [internals, withoutFirst],
  );
  const [name, setName] = useState("entropy");
  const shown = maps.find(({ measure }) => measure.name === name) ?? maps[0];
  if (!shown) return <p className="muted">There are none for this prompt.</p>;
  return (
    <div className="statistics-maps">
      <ul className="statistics-list" aria-label="Statistics">
        {maps.map((map) => (
          <li key={map.measure.name}>
            <button
              type="button"
              className="statistics-map"
              aria-pressed={map === shown}
              title={map.measure.help}
              data-testid="statistic"
              data-name={map.measure.name}
              onClick={() => setName(map.measure.name)}
            >
              <span className="statistics-picture">
                <Picture values={map.values} internals={internals} />
              </span>
              {map.measure.title}
            </button>
          </li>
        ))}
      </ul>
      <Shown key={shown.measure.name} map={shown} internals={internals} withoutFirst={withoutFirst} notation={notation} head={head} onOpen={onOpen} />
    </div>
  );
}

/** A statistic as a matrix of layers and heads, with a scale up to its largest. */
function useMap(values: Float32Array, { n_layers: nLayers, n_heads: nHeads }: InternalsAnswer) {
  return useMemo(() => {
    const map: Values = { shape: [nLayers, nHeads], values };
    return { map, scale: { signed: false, most: largest(map) } };
  }, [values, nLayers, nHeads]);
}

function Picture({ values, internals }: { values: Float32Array; internals: InternalsAnswer }) {
  const { map, scale } = useMap(values, internals);
  return <MapPicture values={map} scale={scale} />;
}

function Shown({ map: shown, internals, withoutFirst, notation, head, onOpen }: StatisticsProps & { map: HeadValues }) {
  const { measure, values, isWithoutFirst } = shown;
  const { n_layers: nLayers, n_heads: nHeads } = internals;
  const { map, scale } = useMap(values, internals);
  const [hovered, setHovered] = useState<Place | null>(null);
  const [rows, columns] = useMemo(() => [numbered("layer", nLayers), numbered("head", nHeads)], [nLayers, nHeads]);
  const { row = null, column = null } = hovered ?? {};
  return (
    <section className="statistics-shown" aria-label={measure.title} data-testid="statistic-shown" data-name={measure.name}>
      <p>
        <b>{measure.title}</b>: {measure.help}.
        {isWithoutFirst &&
          !OF_MODEL.includes(measure.name) &&
          (measure.name === "first_token" ? " Of the whole pattern." : " Without the first token, the rest of each row scaled to add up to 1.")}
      </p>
      <ColourBar scale={scale} meaning={axisName(measure)} hasUnknown={values.some(Number.isNaN)} unknown={withoutFirst ? "nothing left without the first token" : "not known"} />
      <div className="statistics-both">
        <HeatMap
          values={map}
          scale={scale}
          rows={rows}
          columns={columns}
          name={`${measure.title}: layers down, heads across`}
          describe={({ row, column }, value) => `${headName({ layer: row, head: column }, notation)}: ${figure(measure, value)}`}
          hovered={hovered}
          onHover={setHovered}
          selected={{ row: head.layer, column: head.head }}
          onPick={({ row, column }) => onOpen({ layer: row, head: column })}
          testId="statistic-map"
        />
        <Ranking
          shown={shown}
          beside={null}
          nHeads={nHeads}
          notation={notation}
          hovered={row === null || column === null ? null : placeOf({ layer: row, head: column }, nHeads)}
          selected={placeOf(head, nHeads)}
          onHover={(place) => {
            const at = place === null ? null : headAt(place, nHeads);
            setHovered(at && { row: at.layer, column: at.head });
          }}
          onPick={(place) => onOpen(headAt(place, nHeads))}
        />
      </div>
    </section>
  );
}

const numbered = (title: string, n: number) => ({ title, names: Array.from({ length: n }, (_, at) => String(at)) });
