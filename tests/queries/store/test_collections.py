"""Named collections of graphs: the promises that every engine keeps, and a data set as far as it is only read."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from queries.errors import (
    CircuitExplorerError,
    CollectionExists,
    CollectionNotFound,
    GraphNotFound,
    InvalidRequest,
    ReadOnlyDataSet,
)
from queries.store.collections.collections import CollectionRecord
from queries.store.open import open_store
from queries.store.parquet import write_data_set
from queries.store.parquet_store import ParquetStore
from queries.store.rows import Order, PlaceInList
from queries.store.store import GraphStore
from queries.words import MAX_NAME
from tests.queries.interventions.samples import verification
from tests.queries.store.test_store import full_graph
from tests.support.engines import Engine
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[3]
CREATED = datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
BEST = "a 'b' \"c\" `d` \\\\ $e {f} 🦜 Ада"


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        for day, graph_id in enumerate("abcd"):
            opened.load(make_graph("EL", {}, id=graph_id, created_at=CREATED + timedelta(days=day)))
        yield opened


def counts(store: GraphStore) -> dict[str, int]:
    return {one.name: one.n_graphs for one in store.collections.all()}


def listed(store: GraphStore, name: str, **asked: object) -> list[str]:
    return [record.id for record in store.graphs(collection=name, **asked)]  # type: ignore[arg-type]


def test_graphs_are_put_together_under_a_name(store: GraphStore, engine: Engine) -> None:
    assert store.collections.all() == []
    before = datetime.now(UTC)
    made = store.collections.change("cities", add=["a", "b", "b"])
    assert (made.name, made.n_graphs) == ("cities", 2)
    assert before - timedelta(milliseconds=1) <= made.created_at <= datetime.now(UTC)
    assert store.collections.change(
        "cities", add=["b", "c"], remove=["a", "d", "unknown"]
    ) == CollectionRecord(name="cities", created_at=made.created_at, n_graphs=2)
    assert store.collections.graphs("cities") == ["b", "c"] and engine.count()["HOLDS"] == 2
    store.collections.change("best", add=["c"])
    assert store.collections.of("c") == ["best", "cities"]
    assert store.collections.of("a") == store.collections.of("unknown") == []
    assert counts(store) == {"best": 1, "cities": 2}


@pytest.mark.parametrize("name", [BEST, "x" * MAX_NAME, "..a", " ".join("ab")])
def test_a_name_is_told_as_it_was_given(store: GraphStore, name: str) -> None:
    store.collections.change(name, add=["a"])
    assert store.collections.one(name).name == name and store.collections.of("a") == [name]
    assert listed(store, name) == ["a"]
    store.collections.delete(name)
    assert store.collections.all() == []


@pytest.mark.parametrize("name", ["", " ", " a", "a\n", "a\tb", "x" * (MAX_NAME + 1), "a/b", "..", "a\u200b"])
def test_what_cannot_be_a_name_is_refused(store: GraphStore, name: str) -> None:
    store.collections.make("there")
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        store.collections.make(name)
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        store.collections.change(name, add=["a"])
    with pytest.raises(InvalidRequest, match="cannot be a name"):
        store.collections.rename("there", name)
    assert counts(store) == {"there": 0}


def test_it_is_made_once_and_empty(store: GraphStore) -> None:
    assert store.collections.make("later", CREATED)
    assert not store.collections.make("later")
    assert store.collections.one("later") == CollectionRecord(name="later", created_at=CREATED, n_graphs=0)
    assert store.graphs(collection="later") == []


def test_a_graph_that_is_not_stored_changes_nothing(store: GraphStore) -> None:
    store.collections.change("cities", add=["a"])
    for name in ("cities", "new"):
        with pytest.raises(GraphNotFound):
            store.collections.change(name, add=["b", "unknown"], remove=["a"])
    assert counts(store) == {"cities": 1} and store.collections.graphs("cities") == ["a"]


def test_what_is_not_there_is_not_found(store: GraphStore) -> None:
    for missing in (
        lambda: store.collections.one("none"),
        lambda: store.collections.graphs("none"),
        lambda: store.collections.change("none", remove=["a"]),
        lambda: store.collections.change("none"),
        lambda: store.collections.rename("none", "other"),
        lambda: store.collections.delete("none"),
        lambda: store.graphs(collection="none"),
        lambda: store.graphs(1, collection="none"),
    ):
        with pytest.raises(CollectionNotFound, match="no collection 'none'"):
            missing()
    assert store.collections.all() == []


def test_it_is_renamed_with_its_graphs(store: GraphStore, engine: Engine) -> None:
    store.collections.make("cities", CREATED)
    store.collections.change("cities", add=["a", "b"])
    store.collections.change("best", add=["b"])
    store.collections.rename("cities", "towns")
    assert store.collections.one("towns") == CollectionRecord(name="towns", created_at=CREATED, n_graphs=2)
    assert store.collections.of("b") == ["best", "towns"]
    with pytest.raises(CollectionExists, match="'best' already"):
        store.collections.rename("towns", "best")
    store.collections.rename("towns", "towns")
    assert counts(store) == {"best": 1, "towns": 2} and engine.count()["HOLDS"] == 3


def test_a_deleted_one_leaves_its_graphs(store: GraphStore, engine: Engine) -> None:
    before = engine.count()
    store.collections.change("cities", add=["a", "b"])
    store.collections.delete("cities")
    assert engine.count() == before and len(store.graphs()) == 4


def test_a_deleted_graph_is_in_none_any_more(store: GraphStore, engine: Engine) -> None:
    store.collections.change("cities", add=["a", "b"])
    store.collections.change("best", add=["a"])
    store.delete("a")
    assert counts(store) == {"best": 0, "cities": 1} and engine.count()["HOLDS"] == 1
    store.load(make_graph("EL", {}, id="a"))
    assert store.collections.of("a") == []


def test_its_graphs_are_listed_in_every_order_and_in_pages(store: GraphStore) -> None:
    store.load(full_graph("e", created_at=CREATED))
    store.put_verification(verification("e", ["e/feature/0/0/2", "e/feature/1/0/3"]))
    store.collections.change("cities", add=["a", "b", "d", "e"])
    store.collections.change("others", add=["c"])
    assert listed(store, "cities") == ["d", "b", "a", "e"]
    assert store.graphs(collection="cities") == [one for one in store.graphs() if one.id != "c"]
    assert listed(store, "cities", limit=2) == ["d", "b"]
    last = store.record("b")
    assert listed(store, "cities", limit=2, after=PlaceInList(last.created_at, last.id)) == ["a", "e"]
    assert listed(store, "cities", order=Order(by_faithfulness=True)) == ["e", "d", "b", "a"]
    assert listed(store, "cities", order=Order(least=0.5)) == ["e"]
    assert listed(store, "others", order=Order(least=0.5)) == []


def test_it_is_there_after_opening_again(store: GraphStore, engine: Engine) -> None:
    store.collections.change("cities", add=["a"])
    made = store.collections.all()
    store.close()
    with open_store(engine.url, read_only=True) as again:
        assert again.collections.all() == made and listed(again, "cities") == ["a"]


def test_two_who_put_the_same_graphs_into_it_at_once(store: GraphStore, engine: Engine) -> None:
    """Neither makes it twice, nor a graph a member twice; deletions beside them leave none that is gone."""
    failures: list[Exception] = []

    def put(opened: GraphStore) -> None:
        try:
            for _ in range(10):
                opened.collections.change("cities", add=["a", "b", "c"])
                opened.collections.change("cities", remove=["b"])
        except CircuitExplorerError as error:
            failures.append(error)

    def delete() -> None:
        store.delete("d")

    store.collections.change("cities", add=["d"])
    writers = [Thread(target=put, args=(store,)) for _ in range(3)]
    if engine.name == "neo4j":  # the other has one writing process
        another = open_store(engine.url)
        writers.append(Thread(target=put, args=(another,)))
    writers.append(Thread(target=delete))
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(PATIENCE)
        assert not writer.is_alive()
    if engine.name == "neo4j":
        another.close()
    assert failures == []
    assert engine.count()["Collection"] == 1
    assert store.collections.graphs("cities") == ["a", "c"]


CHANGE = """
import sys
from queries.store.open import open_store
with open_store(sys.argv[1]) as store:
    print("open", flush=True)
    while True:
        store.collections.change("cities", add=["a", "b", "c", "d"])
        store.collections.rename("cities", "towns")
        store.collections.delete("towns")
"""


@pytest.mark.slow
def test_a_killed_writer_leaves_it_whole(store: GraphStore, engine: Engine) -> None:
    store.close()
    for after in (0.05, 0.1, 0.2):
        writer = subprocess.Popen(
            [sys.executable, "-c", CHANGE, engine.url], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert writer.stdout and writer.stdout.readline() == "open\n"
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(after)
        writer.send_signal(signal.SIGKILL)
        writer.wait(PATIENCE)
        writer.stdout.close()
        with open_store(engine.url) as opened:
            assert counts(opened) in ({}, {"cities": 4}, {"towns": 4})
            assert len(opened.graphs()) == 4
            for one in opened.collections.all():
                opened.collections.delete(one.name)


def test_a_data_set_has_those_of_its_graphs(store: GraphStore, tmp_path: Path) -> None:
    store.collections.make("cities", CREATED)
    store.collections.change("cities", add=["b", "a", "c"])
    store.collections.change("others", add=["c"])
    store.collections.change("nothing here", add=["d"])
    graphs = [store.read(graph_id) for graph_id in "ab"]
    written = write_data_set(tmp_path / "set", graphs, store.collections)
    assert written["version"] == 3
    cities = CollectionRecord(name="cities", created_at=CREATED, n_graphs=2)
    url = f"parquet://{tmp_path}/set"
    with ParquetStore(tmp_path / "set") as tables, open_store(url, data_sets=tmp_path / "loaded") as opened:
        for one in (tables, opened):
            assert one.collections.all() == [cities] and one.collections.one("cities") == cities
            assert one.collections.graphs("cities") == ["a", "b"] and one.collections.of("a") == ["cities"]
            assert listed(one, "cities") == ["b", "a"] and listed(one, "cities", limit=1) == ["b"]
            for missing in (one.collections.one, one.collections.graphs, partial(listed, one)):
                with pytest.raises(CollectionNotFound):
                    missing("others")
            for change in (
                partial(one.collections.make, "new"),
                partial(one.collections.change, "cities", add=["a"]),
                partial(one.collections.rename, "cities", "towns"),
                partial(one.collections.delete, "cities"),
            ):
                with pytest.raises(ReadOnlyDataSet):
                    change()
    other = write_data_set(tmp_path / "other", graphs)
    assert other["content"] != written["content"]
    with ParquetStore(tmp_path / "other") as tables:
        assert tables.collections.all() == [] and tables.collections.of("a") == []
