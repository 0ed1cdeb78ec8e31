"""A prompt's internals in a database, stored beside their graph, read and deleted: the same on both engines."""

from collections.abc import Callable
from typing import Any, Protocol

from queries.graph.attribution_graph import AttributionGraph
from queries.internals.records import HeadRecord, Internals, InternalsRecord
from queries.store import schema
from queries.store.internals_rows import (
    edge_rows,
    head_of,
    head_rows,
    internals_of,
    link_rows,
    record_of,
    record_row,
    shared_rows,
)
from queries.store.rows import Row
from queries.store.statements import (
    CREATE_FEEDS,
    CREATE_HEADS,
    CREATE_INTERNALS,
    CREATE_READ_BY,
    CREATE_WRITES_TO,
    DELETE_INTERNALS,
    DELETE_UNUSED_HEADS,
    GRAPH_FEEDS,
    GRAPH_HEADS,
    GRAPH_INTERNALS,
    GRAPH_READ_BY,
    GRAPH_SHARED_HEADS,
    GRAPH_WRITES_TO,
    HEAD_OCCURRENCES,
    MERGE_SHARED_HEADS,
    RELATE_HEADS,
    SCORE_SHARED_HEADS,
    Reading,
)


class Run(Protocol):
    """Runs a statement in a transaction: its rows, with Python's own values."""

    def __call__(self, statement: str, /, **values: Any) -> list[Row]: ...


def read_internals(run: Run, text: Callable[[Reading], str], graph_id: str) -> Internals | None:
    """None where they were not computed. `text`: a reading in the engine's words."""
    record = read_internals_record(run, graph_id)
    if record is None:
        return None
    heads, read, written, fed = (
        run(text(one), graph=graph_id) for one in (GRAPH_HEADS, GRAPH_READ_BY, GRAPH_WRITES_TO, GRAPH_FEEDS)
    )
    return internals_of(record, heads, read, written, fed)


def read_internals_record(run: Run, graph_id: str) -> InternalsRecord | None:
    found = run(GRAPH_INTERNALS, graph=graph_id)
    return record_of(found[0]) if found else None


def read_head(run: Run, text: Callable[[Reading], str], model: str, layer: int, head: int) -> HeadRecord:
    """A model's head in all graphs. Raises HeadNotFound."""
    found = run(text(HEAD_OCCURRENCES), model=model, layer=layer, head=head, state=schema.VISIBLE)
    return head_of(model, layer, head, found)


def put_internals(run: Run, graph: AttributionGraph, internals: Internals) -> bool:
    """Store them in place of others. False where they are stored already."""
    record, graph_id = internals.record, graph.record.id
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
    for statement, links in ((CREATE_READ_BY, internals.read), (CREATE_WRITES_TO, internals.written)):
        for label, rows in link_rows(graph, record, links).items():
            run(statement.format(label=label), rows=rows)
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
