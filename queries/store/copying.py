"""Graphs from one database into another, whatever their engines: from a laptop to the lab and back."""

from collections.abc import Iterator, Sequence

from queries.graph.records import GraphRecord
from queries.store.store import GraphStore


def copy_graphs(
    source: GraphStore, target: GraphStore, records: Sequence[GraphRecord]
) -> Iterator[tuple[GraphRecord, bool]]:
    """Load the graphs of these records, one after another, with all that is stored of them.

    Yields each record once its graph is visible in the target, and whether it was not there before.
    """
    for record in records:
        yield record, target.load(source.read(record.id))


def copy_kept_features(source: GraphStore, target: GraphStore) -> int:
    """Copy what people explained of features that no graph uses; returns the number of features."""
    kept = source.kept_features()
    if kept:
        target.keep_features(kept)
    return len(kept)
