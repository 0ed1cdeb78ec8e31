/** Which graphs the list shows: all, or those of one named collection. The address says which. */
import type { CollectionRecord } from "../api/types";
import { count } from "../shared/format";
import { navigate } from "../shared/router";
import { collectionAddress } from "./collection";
import "./CollectionFilter.css";

interface CollectionFilterProps {
  collections: readonly CollectionRecord[];
  /** The collection that is shown, which may be gone by now; null: all graphs. */
  chosen: string | null;
}

export function CollectionFilter({ collections, chosen }: CollectionFilterProps) {
  const isGone = chosen !== null && collections.every(({ name }) => name !== chosen);
  if (collections.length === 0 && !isGone) return null;
  return (
    <label className="collection-filter">
      <span className="muted">Collection</span>
      <select value={chosen ?? ""} data-testid="collection-filter" onChange={(event) => navigate(collectionAddress(event.target.value || null))}>
        <option value="">All graphs</option>
        {collections.map(({ name, n_graphs }) => (
          <option key={name} value={name}>
            {name} ({count(n_graphs)})
          </option>
        ))}
        {isGone && <option value={chosen}>{chosen}</option>}
      </select>
    </label>
  );
}
