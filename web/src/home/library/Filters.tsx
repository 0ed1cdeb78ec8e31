/** What of the library is listed, and in which order. */
import type { ReactNode } from "react";
import type { CollectionRecord, ModelsOfGraphsAnswer } from "../../api/types";
import { count } from "../../shared/format";
import { collectionAddress, follow } from "../../shared/router";
import { FAITHFUL, LABELS, ORDERS, type LibraryAsked } from "./asked";
import "./Filters.css";

interface FiltersProps {
  asked: LibraryAsked;
  /** What is typed, before it is asked for. */
  typed: string;
  /** None until they are known: they come after the first rows. */
  models: ModelsOfGraphsAnswer["models"];
  collections: readonly CollectionRecord[];
  onType: (search: string) => void;
  onAsk: (change: Partial<LibraryAsked>) => void;
}

export function Filters({ asked, typed, models, collections, onType, onAsk }: FiltersProps) {
  const { collection, model } = asked;
  // What the address asks for stays to choose from, even where it is gone.
  const isGone = collection !== "" && collections.every(({ name }) => name !== collection);
  const noModel = model !== "" && models.every(({ name }) => name !== model);
  return (
    <div className="filters" role="search" aria-label="Graphs">
      <input
        type="search"
        className="filters-search text-field"
        value={typed}
        placeholder="Search prompts, names, notes…"
        aria-label="Search graphs"
        data-testid="library-search"
        onChange={({ target }) => onType(target.value)}
      />
      <Select name="Model of the graphs" value={model} testId="library-model" className="filters-model" onChoose={(value) => onAsk({ model: value })}>
        <option value="">All models</option>
        {models.map(({ name, n_graphs: n }) => (
          <option key={name} value={name}>
            {name} ({count(n)})
          </option>
        ))}
        {noModel && <option value={model}>{model}</option>}
      </Select>
      {(collections.length > 0 || isGone) && (
        <Select name="Collection" value={collection} testId="collection-filter" onChoose={(value) => onAsk({ collection: value })}>
          <option value="">All collections</option>
          {collections.map(({ name, n_graphs: n }) => (
            <option key={name} value={name}>
              {name} ({count(n)})
            </option>
          ))}
          {isGone && <option value={collection}>{collection}</option>}
        </Select>
      )}
      {collection !== "" && !isGone && (
        <a href={collectionAddress(collection)} onClick={follow}>
          What they share
        </a>
      )}
      <Select name="Labels" value={asked.labels} testId="library-labels" onChoose={(labels) => onAsk({ labels })}>
        {LABELS.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
      <Select name="Faithfulness" value={asked.faithful} testId="library-faithful" onChoose={(faithful) => onAsk({ faithful })}>
        {FAITHFUL.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
      <Select name="Order" value={asked.order} testId="library-order" onChoose={(order) => onAsk({ order })}>
        {ORDERS.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </Select>
    </div>
  );
}

interface SelectProps<Value extends string> {
  name: string;
  value: Value;
  testId: string;
  className?: string;
  onChoose: (value: Value) => void;
  children: ReactNode;
}

function Select<Value extends string>({ name, value, testId, className, onChoose, children }: SelectProps<Value>) {
  return (
    <select aria-label={name} className={className} value={value} data-testid={testId} onChange={({ target }) => onChoose(target.value as Value)}>
      {children}
    </select>
  );
}
