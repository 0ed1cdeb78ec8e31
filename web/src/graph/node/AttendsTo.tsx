/** What a feature of attention attends to: the nodes whose queries and keys make its attention score. */
import { quantity } from "../../shared/format";
import { entriesOf, entryText } from "../names/entries";
import type { GraphModel } from "../model/model";
import "./AttendsTo.css";

/** Rows of each list. */
const MOST = 20;

interface AttendsToProps {
  model: GraphModel;
  node: number;
  onPick: (node: number) => void;
}

export function AttendsTo({ model, node, onPick }: AttendsToProps) {
  const told = model.nodes.contributors.find((each) => each.node === node);
  if (!told) return null;
  const lists = [
    { title: "Attends: query · key", rows: told.pairs.map(([query, key, value]) => ({ places: [query, key], value })) },
    { title: "By the query alone", rows: told.queries.map(([query, value]) => ({ places: [query], value })) },
    { title: "By the key alone", rows: told.keys.map(([key, value]) => ({ places: [key], value })) },
  ];
  return lists
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => (
      <div key={title} className="detail-links" data-testid="attends-to">
        <h3 title="What these nodes add to the attention score, from the graph's file">{title}</h3>
        <ul>
          {rows.slice(0, MOST).map(({ places, value }, at) => (
            <li key={at} className="attends-to-row">
              {places.map((place, side) => (
                <Place key={side} model={model} place={place} name={told.names[place] ?? null} onPick={onPick} />
              ))}
              <span className="figure">{quantity(value)}</span>
            </li>
          ))}
        </ul>
      </div>
    ));
}

interface PlaceProps {
  model: GraphModel;
  /** The end of a node's id, whether or not the graph has the node. */
  place: string;
  /** The label of a node that the graph does not have. */
  name: string | null;
  onPick: (node: number) => void;
}

function Place({ model, place, name, onPick }: PlaceProps) {
  const node = model.ordinalOf.get(`${model.record.id}/${place}`);
  const [entry] = node === undefined ? [] : entriesOf(model, [node]);
  if (node === undefined || !entry) return <span className="muted" title={`${place} is not in the graph`}>{name ?? place}</span>;
  return (
    <button type="button" className="attends-to-node" onClick={() => onPick(node)}>
      {entryText(entry)}
    </button>
  );
}
