"""Internals with 115,000 links of nodes and heads in both databases: stored, read, deleted; and beside the links of one
kind by a look-up of each end by its key."""

import statistics
import tempfile
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.databases import database
from bench.measure import seconds, show, spread
from queries.graph.attribution_graph import AttributionGraph
from queries.internals.records import Internals
from queries.store.internals_rows import link_columns
from queries.store.ladybug.connection import run_rows
from queries.store.ladybug.internals import LadybugMeans
from queries.store.ladybug.store import LadybugStore
from queries.store.neo4j.internals import Neo4jMeans
from queries.store.neo4j.store import Neo4jStore
from queries.store.open import open_store
from queries.store.store import GraphStore
from queries.words import Engine
from tests.queries.internals.samples import many_links_of
from tests.support.synthetic_graphs import SMALL, synthetic_graph

ROUNDS = 3
ENGINES: tuple[Engine, ...] = ("ladybug", "neo4j")
BY_KEY = (
    "UNWIND $rows AS row MATCH (n:{label} {{key: row.node}}), (h:HeadNode {{key: row.head}}) "
    "CREATE (n)-[:READ_BY {{weight: row.weight, absolute: row.absolute}}]->(h)"
)
DELETE_READ = "MATCH (:AttributionGraph {id: $graph})-[:HAS_HEAD]->(h:HeadNode)<-[r:READ_BY]-() DELETE r"
"""Of one graph alone: HeadNodes of no other are there."""
ONE_WAY, ANOTHER = "READ_BY alone, as they are stored", "READ_BY alone, ends by key"


def show_stored() -> None:
    graph = synthetic_graph(SMALL, 0)
    rows = []
    for engine in ENGINES:
        times, growth = _measured(engine, graph)
        rows += [[f"{engine}: {name}", spread(taken)] for name, taken in times.items()]
        ratio = statistics.median(times[ANOTHER]) / statistics.median(times[ONE_WAY])
        rows += [[f"{engine}: ends by key / as they are", f"{ratio:.1f}"]]
        rows += [[f"{engine}: growth of the database, by 3 rounds", f"{growth / 1e6:.1f} MB"]]
    some = many_links_of(graph)
    title = f"Internals with {len(some.read):,} READ_BY and {len(some.written):,} WRITES_TO, {ROUNDS} rounds"
    show(title, ["what", "time"], rows)


def _measured(engine: Engine, graph: AttributionGraph) -> tuple[dict[str, list[float]], int]:
    """Seconds by task, and the bytes that internals add to the closed database."""
    times: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        folder, sizes = Path(name), list[int]()
        for change in (lambda store: store.load(graph), partial(_rounds, graph, times)):
            with database(engine, folder) as url, open_store(url) as store:
                change(store)
            sizes.append(_size(engine, folder))
    return times, sizes[1] - sizes[0]


def _rounds(graph: AttributionGraph, times: dict[str, list[float]], store: GraphStore) -> None:
    """The last round's internals stay."""
    graph_id = graph.record.id
    for seed in range(ROUNDS):
        if seed:
            times["deleted"].append(seconds(partial(store.delete_internals, graph_id)))
        some = many_links_of(graph, str(seed), seed)
        times["stored"].append(seconds(partial(store.put_internals, graph, some)))
        found: list[Internals | None] = []
        times["read"].append(seconds(partial(_read, store, graph_id, found)))
        assert found[0] is not None
        assert np.array_equal(found[0].read.weight, some.read.weight)
        for way, put in ((ONE_WAY, _put_as_stored), (ANOTHER, _put_by_key)):
            _run(store, DELETE_READ, graph=graph_id)
            times[way].append(seconds(partial(put, store, graph, some)))


def _read(store: GraphStore, graph_id: str, found: list[Internals | None]) -> None:
    found.append(store.internals(graph_id))


def _put_as_stored(store: GraphStore, graph: AttributionGraph, internals: Internals) -> None:
    links, record = internals.read, internals.record
    if isinstance(store, LadybugStore):
        store._write(lambda connection: LadybugMeans(connection).put_links("READ_BY", graph, record, links))
    else:
        assert isinstance(store, Neo4jStore)
        store._write(lambda transaction: Neo4jMeans(transaction).put_links("READ_BY", graph, record, links))


def _put_by_key(store: GraphStore, graph: AttributionGraph, internals: Internals) -> None:
    for label, columns in link_columns(graph, internals.record, internals.read).items():
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        _run(store, BY_KEY.format(label=label), rows=rows)


def _run(store: GraphStore, statement: str, **values: Any) -> None:
    if isinstance(store, LadybugStore):
        store._write(lambda connection: run_rows(connection, statement, **values))
    else:
        assert isinstance(store, Neo4jStore)
        store._write(lambda transaction: transaction.run(statement, values).consume())


def _size(engine: Engine, folder: Path) -> int:
    """Bytes of the database's own files, without Neo4j's log of transactions."""
    own = folder / "data" / "databases" if engine == "neo4j" else folder
    return sum(file.stat().st_size for file in own.rglob("*") if file.is_file())
