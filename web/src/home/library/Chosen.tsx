/** What can be done to the graphs that are chosen: two are compared, all are put into a collection or deleted. */
import { useId, useState, type SyntheticEvent } from "react";
import { asApiError, changeCollection, type ApiError } from "../../api/client";
import type { CollectionRecord } from "../../api/types";
import { useDeletion, type Deleted } from "../../shared/deletion/deletion";
import { counted } from "../../shared/format";
import { useReadOnly } from "../../shared/hooks/useReadOnly";
import { collectionAddress, compareAddress, follow } from "../../shared/router";
import "./Chosen.css";

interface ChosenProps {
  graphs: readonly Deleted[];
  collections: readonly CollectionRecord[];
  onClear: () => void;
  /** They were put into a collection. */
  onCollected: () => void;
  onError: (error: ApiError) => void;
}

export function Chosen({ graphs, collections, onClear, onCollected, onError }: ChosenProps) {
  const names = useId();
  const { remove } = useDeletion();
  const isReadOnly = useReadOnly();
  const [name, setName] = useState("");
  const [collected, setCollected] = useState<string | null>(null);
  const [a, b] = graphs;
  if (!a) return null;
  const collect = (event: SyntheticEvent) => {
    event.preventDefault();
    changeCollection(name.trim(), { add: graphs.map(({ id }) => id) }).then(
      (collection) => {
        setCollected(collection.name);
        setName("");
        onCollected();
      },
      (reason: unknown) => onError(asApiError(reason)),
    );
  };
  return (
    <div className="chosen" role="region" aria-label="Chosen graphs" data-testid="chosen">
      <b>{counted(graphs.length, "graph")} chosen</b>
      {graphs.length === 2 && b ? (
        <a className="chosen-compare" href={compareAddress(a.id, b.id)} onClick={follow} data-testid="compare-chosen">
          Compare
        </a>
      ) : (
        <span className="muted">{graphs.length === 1 ? "Choose another to compare" : "Two can be compared"}</span>
      )}
      {!isReadOnly && (
        <>
          <form onSubmit={collect}>
            <input
              className="text-field"
              list={names}
              value={name}
              placeholder="Collection…"
              aria-label="Put them into the collection"
              data-testid="collect-name"
              onChange={({ target }) => setName(target.value)}
            />
            <datalist id={names}>
              {collections.map((collection) => (
                <option key={collection.name} value={collection.name} />
              ))}
            </datalist>
            <button type="submit" disabled={name.trim() === ""}>
              Add
            </button>
          </form>
          <button
            type="button"
            data-testid="delete-chosen"
            onClick={() => {
              remove(graphs);
              onClear();
            }}
          >
            Delete
          </button>
        </>
      )}
      <button type="button" onClick={onClear}>
        Clear
      </button>
      {collected !== null && (
        <span role="status">
          Now in{" "}
          <a href={collectionAddress(collected)} onClick={follow}>
            {collected}
          </a>
        </span>
      )}
    </div>
  );
}
