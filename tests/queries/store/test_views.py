"""Views that are made, changed and deleted in a stored graph, on every engine."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from queries.errors import GraphNotFound, ViewChanged, ViewNotFound
from queries.graph.attribution_graph import AttributionGraph, Supernode, View, default_view
from queries.store.open import open_store
from queries.store.store import GraphStore
from tests.queries.store.test_store import assert_same, full_graph
from tests.support.engines import Engine
from tests.support.kills import await_transactions
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[3]
GRAPH = full_graph()
FILE, MINE = GRAPH.views
CHANGED = View(
    "mine",
    8,
    {"pinned": ["one/logit/40/0/6"], "tests": ["0123abcd"], "zoom": [1.5, {"of": "Ада"}]},
    (Supernode("all", tuple(range(7))), Supernode("state", (2,)), Supernode("b/c", (0, 5))),
    "now\nof more",
    datetime(2026, 3, 4, 5, 6, 7, 890123, UTC),
)


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        assert opened.load(GRAPH)
        yield opened


def test_a_view_is_made_changed_and_deleted(store: GraphStore, engine: Engine) -> None:
    before = engine.count()
    new = replace(CHANGED, name="another", revision=1)
    store.put_view(GRAPH, new, 0)
    assert store.views("one") == (new, FILE, MINE)
    store.put_view(GRAPH, CHANGED, 7)
    assert store.views("one") == (new, FILE, CHANGED)
    assert_same(store.read("one"), replace(GRAPH, views=(new, FILE, CHANGED)))
    less = replace(CHANGED, revision=9, supernodes=(), state={}, notes="", changed_at=None)
    store.put_view(GRAPH, less, 8)
    assert store.views("one") == (new, FILE, less)
    store.delete_view("one", "mine", 9)
    store.delete_view("one", "another", 1)
    assert store.views("one") == (FILE,)
    store.put_view(GRAPH, replace(MINE, revision=1), 0)
    assert engine.count() == before, "what a view no longer holds is gone"


def test_the_second_writer_is_refused(store: GraphStore, engine: Engine) -> None:
    before = engine.count()
    for view, read, revision in (
        (replace(CHANGED, revision=7), 6, 7),
        (replace(CHANGED, revision=1), 0, 7),
        (replace(CHANGED, name="gone", revision=3), 2, 0),
    ):
        with pytest.raises(ViewChanged) as raised:
            store.put_view(GRAPH, view, read)
        assert (raised.value.view, raised.value.read, raised.value.revision) == (view.name, read, revision)
    with pytest.raises(ViewChanged, match="at revision 7 by now, and this change is of revision 6"):
        store.delete_view("one", "mine", 6)
    with pytest.raises(ViewNotFound, match=r"no view 'gone'\. Its views: 'file', 'mine'"):
        store.delete_view("one", "gone", 1)
    assert store.views("one") == GRAPH.views and engine.count() == before


def test_of_two_who_write_at_once_one_is_refused(engine: Engine, store: GraphStore) -> None:
    """Each has a store of its own on Neo4j, as two servers have; Ladybug has one writing process."""
    others = [store if engine.name == "ladybug" else open_store(engine.url) for _ in range(4)]
    together = Barrier(len(others), timeout=PATIENCE)

    def write(number: int, name: str, read: int) -> int | None:
        view = View(name, read + 1, {"by": number}, (Supernode(f"of {number}", (number, number + 1)),))
        together.wait()
        try:
            others[number].put_view(GRAPH, view, read)
        except ViewChanged:
            return None
        return number

    try:
        for name, read in (("mine", 7), ("mine", 8), ("new", 0)):
            with ThreadPoolExecutor(len(others)) as pool:
                asked = [pool.submit(write, number, name, read) for number in range(len(others))]
                (winner,) = [one for writing in asked if (one := writing.result()) is not None]
            (found,) = [view for view in store.views("one") if view.name == name]
            assert (found.revision, found.state) == (read + 1, {"by": winner})
            assert found.supernodes == (Supernode(f"of {winner}", (winner, winner + 1)),)
    finally:
        for other in others:
            if other is not store:
                other.close()


def test_a_view_of_no_graph(store: GraphStore) -> None:
    with pytest.raises(GraphNotFound):
        store.views("two")
    with pytest.raises(GraphNotFound):
        store.put_view(full_graph("two"), MINE, 0)
    with pytest.raises(GraphNotFound):
        store.delete_view("two", "mine", 7)


def test_views_go_with_their_graph(store: GraphStore, engine: Engine) -> None:
    store.load(full_graph("two"))
    store.put_view(GRAPH, CHANGED, 7)
    store.delete("one")
    assert store.views("two") == tuple(
        replace(view, state={"pinned": ["two/feature/0/0/2"]} if view.state else {}) for view in GRAPH.views
    )
    store.delete("two")
    left = engine.count()
    assert not left["View"] and not left["Supernode"] and not left["GROUPS"]


def test_a_change_is_told_by_a_number(store: GraphStore) -> None:
    before = store.views_changed, store.features_changed
    store.put_view(GRAPH, CHANGED, 7)
    changed = store.views_changed
    assert changed > before[0] and store.features_changed == before[1], "labels did not change"
    with pytest.raises(ViewChanged):
        store.put_view(GRAPH, CHANGED, 7)
    assert store.views_changed == changed
    store.delete_view("one", "mine", 8)
    assert store.views_changed > changed


def test_what_was_changed_is_there_after_opening_again(store: GraphStore, engine: Engine) -> None:
    store.put_view(GRAPH, CHANGED, 7)
    store.close()
    with open_store(engine.url) as again:
        assert again.views("one") == (FILE, CHANGED)


def view_at(revision: int) -> View:
    """A view of which every part tells its revision."""
    members = tuple(range(1 + revision % 5))
    drawn = tuple(Supernode(f"{revision} {number}", members) for number in range(3))
    return View("mine", revision, {"at": revision}, drawn)


def test_readers_see_whole_views(store: GraphStore) -> None:
    """While another thread changes a view, its revision, its state and its supernodes fit together."""

    def change() -> None:
        for read in range(7, 27):
            store.put_view(GRAPH, view_at(read + 1), read)

    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(change)
        while not changing.done():
            found = store.read("one").views[1]
            assert found == (MINE if found.revision == 7 else view_at(found.revision))
        changing.result()


def change_for_ever() -> None:
    """The process that is killed. The URL comes by stdin, not as an argument: it may hold a password."""
    with open_store(sys.stdin.readline().strip()) as store:
        for read in count(store.views("one")[1].revision):
            store.put_view(GRAPH, view_at(read + 1), read)
            print(read + 1, flush=True)


@pytest.mark.slow
def test_a_killed_writer_leaves_a_whole_view(engine: Engine) -> None:
    with open_store(engine.url) as store:
        store.load(GRAPH)
    begin = f"from {__name__} import change_for_ever; change_for_ever()"
    for n_changes in (1, 5, 9):
        with subprocess.Popen(
            [sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as writer:
            assert writer.stdin is not None and writer.stdout is not None
            print(engine.url, file=writer.stdin, flush=True)
            written = [int(writer.stdout.readline()) for _ in range(n_changes)][-1]
            writer.kill()
        if engine.name == "neo4j":
            await_transactions(engine)
        with open_store(engine.url) as store:
            own, mine = store.views("one")
            assert own == FILE and mine == view_at(mine.revision) and mine.revision >= written
            store.put_view(GRAPH, view_at(mine.revision + 1), mine.revision)


def of(name: str, second: int | None) -> View:
    return View(
        name, 1, {}, changed_at=None if second is None else datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("views", "counts"),
    [
        ((), None),
        ((of("a", None),), "a"),
        ((of("a", None), of("b", 1), of("c", 3), of("d", 2)), "c"),
        ((of("a", 9), of("file", None)), "file"),
        ((of("a", None), of("b", None)), "a"),
    ],
)
def test_the_view_that_counts_where_none_is_named(views: tuple[View, ...], counts: str | None) -> None:
    found = default_view(views)
    assert (found and found.name) == counts
    graph: AttributionGraph = replace(GRAPH, views=views)
    assert graph.view == found
    assert replace(graph, view_name="none").view is None
