"""A prompt's internals in a database, stored beside their graph, read and deleted: the same on both engines."""

from typing import Any, Literal, Protocol, TypeAlias

from queries.graph.attribution_graph import AttributionGraph
from queries.internals.records import HeadLinks, HeadRecord, Internals, InternalsRecord
from queries.store import schema
from queries.store.internals_rows import (
    edge_rows,
    head_of,
    head_rows,
    internals_of,
    record_of,
    record_row,
    shared_rows,
)
from queries.store.rows import Row
from queries.store.statements import (
    CREATE_FEEDS,
    CREATE_HEADS,
    CREATE_INTERNALS,
    DELETE_INTERNALS,
    DELETE_UNUSED_HEADS,
    GRAPH_FEEDS,
    GRAPH_HEADS,
    GRAPH_INTERNALS,
    GRAPH_SHARED_HEADS,
    HEAD_OCCURRENCES,
    MERGE_SHARED_HEADS,
    RELATE_HEADS,
    SCORE_SHARED_HEADS,
    Reading,
)


class Run(Protocol):
    """Runs a statement in a transaction: its rows, with Python's own values."""

    def __call__(self, statement: str, /, **values: Any) -> list[Row]: ...


LinkType: TypeAlias = Literal["READ_BY", "WRITES_TO"]


class Means(Protocol):
    """What an engine does its own way, in a transaction."""

    def run(self, statement: str, /, **values: Any) -> list[Row]: ...

    def text(self, reading: Reading) -> str:
        """A reading in the engine's words."""

    def put_links(
        self, type: LinkType, graph: AttributionGraph, record: InternalsRecord, links: HeadLinks
    ) -> None:
        """Of a large model's prompt there are a hundred thousand: an engine has its own way with so many."""

    def read_links(self, type: LinkType, record: InternalsRecord) -> HeadLinks: ...


def read_internals(means: Means, graph_id: str) -> Internals | None:
    """None where they were not computed. Where others took their place meanwhile, they are read again: Neo4j does not
    keep a reader from what is written since it began."""
    record = read_internals_record(means.run, graph_id)
    while record is not None:
        heads, fed = (means.run(means.text(one), graph=graph_id) for one in (GRAPH_HEADS, GRAPH_FEEDS))
        read, written = means.read_links("READ_BY", record), means.read_links("WRITES_TO", record)
        now = read_internals_record(means.run, graph_id)
        if now == record:
            return internals_of(record, heads, read, written, fed)
        record = now
    return None


def read_internals_record(run: Run, graph_id: str) -> InternalsRecord | None:
    found = run(GRAPH_INTERNALS, graph=graph_id)
    return record_of(found[0]) if found else None


def read_head(means: Means, model: str, layer: int, head: int) -> HeadRecord:
    """A model's head in all graphs. Raises HeadNotFound."""
    asked = means.text(HEAD_OCCURRENCES)
    found = means.run(asked, model=model, layer=layer, head=head, state=schema.VISIBLE)
    return head_of(model, layer, head, found)


def put_internals(means: Means, graph: AttributionGraph, internals: Internals) -> bool:
    """Store them in place of others. False where they are stored already."""
    run, record, graph_id = means.run, internals.record, graph.record.id
    if any(row["id"] == record.id for row in run(GRAPH_INTERNALS, graph=graph_id)):
        return False
    used = _delete_heads(run, graph_id)
    run(CREATE_INTERNALS, graph=graph_id, **record_row(record))
    heads = head_rows(internals)
    run(CREATE_HEADS, graph=graph_id, rows=heads)
    shared = shared_rows(internals)
    run(MERGE_SHARED_HEADS, rows=shared)
    # What these internals do not say of a head, another prompt's may have said.
    if scored := [row for row in shared if row["induction"] is not None]:
        run(SCORE_SHARED_HEADS, rows=scored)
    run(RELATE_HEADS, rows=heads)
    means.put_links("READ_BY", graph, record, internals.read)
    means.put_links("WRITES_TO", graph, record, internals.written)
    if edges := edge_rows(record, internals.fed):
        run(CREATE_FEEDS, rows=edges)
    _delete_unused(run, used)
    return True


def delete_internals(run: Run, graph_id: str) -> None:
    """Delete them, and the model's heads that no other graph's are of."""
    _delete_unused(run, _delete_heads(run, graph_id))


def _delete_heads(run: Run, graph_id: str) -> list[str]:
    """Returns the keys of the model's heads that they were of."""
    used = [row["key"] for row in run(GRAPH_SHARED_HEADS, graph=graph_id)]
    for statement in DELETE_INTERNALS:
        run(statement, graph=graph_id)
    return used


def _delete_unused(run: Run, keys: list[str]) -> None:
    if keys:  # Ladybug cannot tell the type of an empty list
        run(DELETE_UNUSED_HEADS, keys=keys)
