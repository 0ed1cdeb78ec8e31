"""Copying graphs from one database into another of either engine: from a laptop to the lab and back."""

from collections.abc import Iterator, Sequence

from queries.graph.records import GraphRecord
from queries.store.store import GraphStore


def copy_graphs(
    source: GraphStore, target: GraphStore, records: Sequence[GraphRecord]
) -> Iterator[tuple[GraphRecord, bool]]:
    """Copy the graphs of these records, one after another, with everything that is stored of them.

    Yields each record once its graph is visible in the target, with False where it was there already.
    """
    for record in records:
        yield record, target.load(source.read(record.id))


def copy_kept_features(source: GraphStore, target: GraphStore) -> int:
    """Copy people's explanations of features that no graph uses. Returns the number of features."""
    kept = source.kept_features()
    if kept:
        target.keep_features(kept)
    return len(kept)
