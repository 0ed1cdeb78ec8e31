"""Copying graphs from one database into another of either engine: from a laptop to the lab and back."""

from collections.abc import Collection, Iterator, Sequence

from queries.graph.records import GraphRecord
from queries.store.store import GraphStore


def copy_graphs(
    source: GraphStore, target: GraphStore, records: Sequence[GraphRecord]
) -> Iterator[tuple[GraphRecord, bool]]:
    """Copy the graphs of these records, one after another, with everything that is stored of them.

    Yields each record once its graph is visible in the target, with False where it was there already; its new tests are
    copied then too, and its internals where the target has none.
    """
    for record in records:
        graph = source.read(record.id)
        is_new = target.load(graph)
        copy_tests(source, target, record.id)
        if (internals := source.internals(record.id)) is not None and target.internals(record.id) is None:
            target.put_internals(graph, internals)
        yield record, is_new


def copy_tests(source: GraphStore, target: GraphStore, graph_id: str) -> None:
    """Copy a graph's interventions and verifications; those that the target has stay as they are."""
    for intervention in reversed(source.interventions(graph_id)):
        target.add_intervention(intervention)
    known = target.verifications(graph_id)
    for verification in source.verifications(graph_id):
        if not any(one.replaced_by(verification) for one in known):
            target.put_verification(verification)


def copy_collections(
    source: GraphStore, target: GraphStore, graph_ids: Collection[str] | None = None
) -> None:
    """Put the copied graphs into the collections that they are in at the source; without `graph_ids` all graphs, and
    copy empty collections too. A collection that the target has keeps its own graphs."""
    known = {record.id for record in source.graphs()} if graph_ids is None else set(graph_ids)
    for record, graphs in source.collections.among(known):
        if graphs or graph_ids is None:
            target.collections.make(record.name, record.created_at)
            target.collections.change(record.name, add=graphs)


def copy_saved_queries(source: GraphStore, target: GraphStore) -> int:
    """Copy the saved queries; one whose name the target has stays as it is there. Returns how many are new."""
    known = {one.name for one in target.saved_queries.all()}
    new = [one.name for one in source.saved_queries.all() if one.name not in known]
    for name in new:
        query = source.saved_queries.one(name)
        target.saved_queries.put(query.name, query.cypher, query.notes, query.changed_at)
    return len(new)


def copy_kept_features(source: GraphStore, target: GraphStore) -> int:
    """Copy people's explanations of features that no graph uses. Returns the number of features."""
    kept = source.kept_features()
    if kept:
        target.keep_features(kept)
    return len(kept)
