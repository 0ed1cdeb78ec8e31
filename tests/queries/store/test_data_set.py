"""A data set opened as a database: loaded once, only read, and refused where it holds what no graph can be."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from queries.errors import (
    DatabaseUnavailable,
    GraphNotFound,
    InvalidDataSet,
    InvalidRequest,
    ReadOnlyDataSet,
)
from queries.graph.attribution_graph import AttributionGraph, View
from queries.store import data_set
from queries.store.collections.collections import CollectionRecord
from queries.store.collections.published import Published, PublishedCollections
from queries.store.data_set import DataSetStore
from queries.store.ladybug.connection import run_rows
from queries.store.ladybug.store import LadybugStore
from queries.store.open import open_store
from queries.store.parquet import write_data_set
from queries.store.parquet_store import ParquetStore
from tests.queries.interventions.samples import intervention, verification
from tests.queries.store.test_store import MADE, OWN, assert_same, attention_graph, full_graph
from tests.support.graphs import make_graph

ROOT = Path(__file__).parents[3]


def graphs() -> list[AttributionGraph]:
    return [full_graph("one"), attention_graph("two"), make_graph("EL", {}, id="three")]


def collections() -> PublishedCollections:
    held = {"cities": ["one", "two"], "towns": ["two"]}
    made = datetime(2026, 1, 2, tzinfo=UTC)
    return PublishedCollections(
        "parquet:///",
        lambda: {
            name: Published(CollectionRecord(name=name, created_at=made, n_graphs=len(ids)), ids)
            for name, ids in held.items()
        },
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_data_set(tmp_path / "set", graphs(), collections())
    return tmp_path / "set"


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    return tmp_path / "data" / "data-sets"


def databases(loaded: Path) -> list[Path]:
    """What is loaded; nothing else may lie there but the locks."""
    assert {file.suffix for file in loaded.glob("*")} <= {".lbug", ".lock"}
    return sorted(loaded.glob("*.lbug"))


def test_it_answers_as_its_tables_do(folder: Path, loaded: Path) -> None:
    with open_store(f"parquet://{folder}", data_sets=loaded) as store, ParquetStore(folder) as tables:
        assert isinstance(store, DataSetStore)
        assert (store.url, store.content) == (f"parquet://{folder}", tables.content)
        assert store.graphs() == tables.graphs() and len(store.graphs()) == 3
        for graph in graphs():
            read = store.read(graph.record.id)
            assert_same(read, graph)
        assert store.feature("model", "set", 0, 2) == tables.feature("model", "set", 0, 2)
        assert store.feature("model", "set", 0, 2).explanations == [OWN, MADE]
        assert store.stored(["three", "four"]) == {"three"}
        assert (store.traces(), store.kept_features()) == ({"whole"}, [])
        assert store.collections.all() == tables.collections.all() == collections().all()
        with pytest.raises(GraphNotFound):
            store.read("four")
    (place,) = databases(loaded)
    assert store.engine_url == f"ladybug://{place}"
    assert loaded.stat().st_mode & 0o777 == 0o700


def test_nothing_is_written_into_it(folder: Path, loaded: Path) -> None:
    changes: list[Callable[[DataSetStore], Any]] = [
        lambda store: store.load(full_graph("new")),
        lambda store: store.delete("one"),
        lambda store: store.reword(full_graph("one", name="another")),
        lambda store: store.set_label(("model", "set", 0, 2, None), "ada", OWN),
        lambda store: store.set_label(("model", "set", 0, 2, None), "ada", None),
        lambda store: store.keep_features([store.feature("model", "set", 0, 2)]),
        lambda store: store.add_intervention(intervention("one", ["one/feature/0/0/2"])),
        lambda store: store.delete_intervention("one"),
        lambda store: store.put_verification(verification("one", ["one/feature/0/0/2"])),
        lambda store: store.collections.make("new"),
        lambda store: store.collections.change("cities", add=["three"]),
        lambda store: store.collections.rename("cities", "places"),
        lambda store: store.collections.delete("cities"),
        lambda store: store.check_writable(),
    ]
    with DataSetStore(folder, loaded) as store:
        before = store.graphs()
        for change in changes:
            with pytest.raises(
                ReadOnlyDataSet, match=f"^parquet://{folder} is a data set, which is only read"
            ):
                change(store)
        assert store.graphs() == before
    with LadybugStore(loaded / "other.lbug") as other:
        other.check_writable()


def test_it_is_loaded_once_wherever_its_folder_is(folder: Path, loaded: Path) -> None:
    DataSetStore(folder, loaded).close()
    moved = folder.rename(folder.with_name("moved"))
    with (
        patch.object(ParquetStore, "read", side_effect=AssertionError("it is loaded again")),
        DataSetStore(moved, loaded) as store,
    ):
        assert len(store.graphs()) == 3
    with (
        patch.object(data_set, "SCHEMA_VERSION", 99),
        patch.object(ParquetStore, "read", side_effect=AssertionError("it is loaded again")),
        pytest.raises(AssertionError, match="again"),
    ):
        DataSetStore(moved, loaded)
    write_data_set(folder, graphs()[:1])
    with DataSetStore(folder, loaded) as store:
        assert [one.id for one in store.graphs()] == ["one"]
    assert len(databases(loaded)) == 2


def test_what_a_killed_process_left_is_loaded_anew(folder: Path, loaded: Path) -> None:
    DataSetStore(folder, loaded).close()
    (place,) = databases(loaded)
    draft = place.with_suffix(".draft")
    draft.mkdir()
    place.rename(draft / place.name)
    (draft / f"{place.name}.wal").write_bytes(b"torn")
    with DataSetStore(folder, loaded) as store:
        assert len(store.graphs()) == 3
    assert databases(loaded) == [place]


OPEN = """
import sys
from pathlib import Path
from queries.store.data_set import DataSetStore
sys.stdin.read()
with DataSetStore(*map(Path, sys.argv[1:])) as store:
    print(len(store.graphs()))
"""


@pytest.mark.slow
def test_processes_that_open_it_at_once_all_read_it(folder: Path, loaded: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(folder), str(loaded)]
    others = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(3)
    ]
    for other in others:
        assert other.stdin
        other.stdin.close()
        other.stdin = None
    assert [other.communicate()[0] for other in others] == ["3\n"] * 3
    assert len(databases(loaded)) == 1


def rewrite(folder: Path, table: str, column: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Another column, with hashes that fit: what a stranger's program might write."""
    file = folder / f"{table}.parquet"
    rows = pq.read_table(file)
    place = rows.schema.get_field_index(column)
    found = change(rows[column].to_pylist())
    typed = all(isinstance(one, type(rows[column][0].as_py()) | None) for one in found)
    values = pa.array(found, rows[column].type if typed else None)
    pq.write_table(rows.set_column(place, column, values), file, write_statistics=False)
    cite(folder)


def cite(folder: Path, **changed: Any) -> None:
    """A record that cites the tables that there are."""
    record = json.loads((folder / "record.json").read_text()) | changed
    tables = sorted(folder.glob("*.parquet"))
    record["files"] = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in tables}
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(record["files"].items()))
    record["content"] = "sha256:" + hashlib.sha256(lines.encode()).hexdigest()
    (folder / "record.json").write_text(json.dumps(record))


def test_tables_may_be_written_otherwise(folder: Path, loaded: Path) -> None:
    """In one group of rows, without statistics: as they come from another program."""
    for table, column in (("graphs", "id"), ("nodes", "id"), ("edges", "graph")):
        rewrite(folder, table, column, lambda values: values)
        assert pq.read_metadata(folder / f"{table}.parquet").num_row_groups == 1
    with DataSetStore(folder, loaded) as store:
        for graph in graphs():
            read = store.read(graph.record.id)
            assert_same(read, graph)


TWICE = [{"name": "x", "revision": 1, "state": {}}] * 2
OUTSIDE = [TWICE[0] | {"supernodes": [{"name": "x", "members": [9]}]}]
NO_STATE = [TWICE[0] | {"state": 7}]


def test_a_data_set_from_before_views_had_supernodes_is_read(folder: Path, loaded: Path) -> None:
    """Version 1: supernodes are a graph's, beside its views, which have no notes."""
    names = ("name", "revision", "state")

    def of_then(values: list[str]) -> list[str]:
        return [
            json.dumps([{name: view[name] for name in names} for view in json.loads(one)]) for one in values
        ]

    rewrite(folder, "graphs", "views", of_then)
    (folder / "collections.parquet").unlink()
    cite(folder, version=1)
    with open_store(f"parquet://{folder}", data_sets=loaded) as store:
        own, mine = store.views("one")
        assert (own, mine) == (full_graph().views[0], View("mine", 7, {}))
        assert store.collections.all() == []


def test_a_data_set_from_before_collections_is_read(folder: Path, loaded: Path) -> None:
    cite(folder, version=2)
    with pytest.raises(InvalidDataSet, match=r"record\.json has another hash"):
        ParquetStore(folder)
    (folder / "collections.parquet").unlink()
    with pytest.raises(InvalidDataSet, match="another hash"):
        ParquetStore(folder)
    cite(folder)
    with open_store(f"parquet://{folder}", data_sets=loaded) as store, ParquetStore(folder) as tables:
        assert store.collections.all() == tables.collections.all() == []
        assert_same(store.read("one"), full_graph("one"))


@pytest.mark.parametrize(
    ("table", "column", "change", "says"),
    [
        ("edges", "target", lambda values: [*values[:-1], 7], "node that is not there"),
        ("edges", "source", lambda values: [-1, *values[1:]], "node that is not there"),
        ("edges", "source", lambda values: [5, *values[1:]], "the graph one: cycle through"),
        ("edges", "weight", lambda values: [np.nan, *values[1:]], "no finite number"),
        (
            "edges",
            "weight",
            lambda values: [None, *values[1:]],
            "the graph one: a value of the column weight",
        ),
        (
            "edges",
            "weight",
            lambda values: ["much" for _ in values],
            "edges.parquet lacks columns, .*: weight$",
        ),
        ("nodes", "kind", lambda values: ["nothing", *values[1:]], "the graph one: "),
        ("nodes", "ordinal", lambda values: [1, 0, *values[2:]], "not in their order"),
        ("nodes", "id", lambda values: ["x", *values[1:]], "have other ids"),
        ("nodes", "layer", lambda values: [None, *values[1:]], "the graph one: a value of the column layer"),
        ("graphs", "record", lambda values: ["{}", *values[1:]], "graphs: "),
        (
            "graphs",
            "record",
            lambda values: [values[0], values[0], values[2]],
            "graphs: their records have other ids",
        ),
        (
            "graphs",
            "id",
            lambda values: [values[0], values[0], values[2]],
            "graphs: their records have other ids",
        ),
        ("graphs", "views", lambda values: [json.dumps(OUTSIDE), *values[1:]], "a supernode has"),
        ("graphs", "views", lambda values: [json.dumps(NO_STATE), *values[1:]], "a view has no state"),
        ("graphs", "views", lambda values: ["{", *values[1:]], "the graph one: "),
        ("graphs", "views", lambda values: [json.dumps(TWICE), *values[1:]], "duplicated primary key"),
        ("collections", "name", lambda values: ["a/b", *values[1:]], "collections: 'a/b' cannot be a name"),
        ("collections", "name", lambda values: [values[0]] * 2, "collections: 'cities' is there twice"),
        ("collections", "name", lambda values: [None, *values[1:]], "a value of the column name is missing"),
        (
            "collections",
            "graphs",
            lambda values: [["four"], *values[1:]],
            "'cities' has a graph twice, or one",
        ),
        (
            "collections",
            "graphs",
            lambda values: [["one", "one"], *values[1:]],
            "'cities' has a graph twice, or",
        ),
        (
            "collections",
            "graphs",
            lambda values: [[None, "one"], *values[1:]],
            "collections: '<' not supported",
        ),
        ("explanations", "text", lambda values: [[] for _ in values], "lacks columns, .*: text$"),
        (
            "explanations",
            "text",
            lambda values: [None, *values[1:]],
            "explanations: a value of the column text",
        ),
    ],
)
def test_what_no_graph_can_be_is_refused(
    folder: Path, loaded: Path, table: str, column: str, change: Callable[[list[Any]], list[Any]], says: str
) -> None:
    rewrite(folder, table, column, change)
    refused = f"^The Parquet data set {folder} cannot be used: .*{says}"
    with pytest.raises(InvalidDataSet, match=refused) as found:
        DataSetStore(folder, loaded)
    assert len(str(found.value).splitlines()) == 1
    assert databases(loaded) == []


def test_a_folder_that_cannot_be_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match=r"cannot be loaded into .*file/in: not a directory"):
        DataSetStore(folder, tmp_path / "file" / "in")
    with pytest.raises(InvalidRequest, match="none of ladybug:"):
        open_store("parquet://", data_sets=tmp_path)


def test_graphs_that_are_filled_in_together_are_each_as_loaded_alone(tmp_path: Path) -> None:
    alone, together = tmp_path / "alone.lbug", tmp_path / "together.lbug"
    with LadybugStore(alone) as one, LadybugStore(together) as other, LadybugStore(tmp_path / "b") as batches:
        for graph in graphs():
            one.load(graph)
        other.fill(graphs())
        with patch.object(LadybugStore, "rows_at_once", 8):
            batches.fill(iter(graphs()))
        for graph in graphs():
            expected = one.read(graph.record.id)
            assert_same(other.read(graph.record.id), expected)
            assert_same(batches.read(graph.record.id), expected)
        counted = [
            store._read(
                lambda connection: run_rows(connection, "MATCH (n) RETURN label(n) AS label, count(*) AS n")
            )
            for store in (one, other, batches)
        ]
    assert len({frozenset((row["label"], row["n"]) for row in rows) for rows in counted}) == 1
