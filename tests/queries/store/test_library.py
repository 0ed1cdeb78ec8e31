"""The library of stored graphs: the promises that both engines keep, and a data set as far as it is only read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from queries.errors import CollectionNotFound, GraphNotFound, InvalidRequest, ReadOnlyDataSet
from queries.store.library.question import PromptOrder, PromptsQuestion
from queries.store.open import open_store
from queries.store.parquet import write_data_set
from queries.store.store import GraphStore
from tests.queries.internals.samples import internals_of
from tests.queries.interventions.samples import intervention, verification
from tests.queries.store.test_store import full_graph
from tests.support.engines import Engine
from tests.support.graphs import make_graph

CREATED = datetime(2026, 1, 2, 3, 4, 5, 0, UTC)
EVERYTHING = PromptsQuestion(limit=100)
PROMPTS = {
    "a": ("gemma", "Dallas is in"),
    "b": ("gemma", "Oakland is in"),
    "c": ("llama", "Dallas is in"),
    "d": ("gemma", "Dallas is in"),
    "e": ("gemma", "Ärger über 100 %"),
}
"""Models and prompts of graphs, of which each is half a second newer than the one before."""


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        for number, (graph_id, (model, prompt)) in enumerate(PROMPTS.items()):
            made = make_graph(
                "EFFL",
                {},
                labels=dict.fromkeys(range(1, 1 + number % 3), "a label"),
                id=graph_id,
                name=f"graph {graph_id}",
                model=model,
                prompt=prompt,
                created_at=CREATED + timedelta(seconds=number / 2),
            )
            opened.load(made)
        yield opened


def listed(store: GraphStore, **asked: object) -> list[tuple[str, int]]:
    """The newest graph of each prompt, and how many it has."""
    question = replace(EVERYTHING, **asked)  # type: ignore[arg-type]
    return [(one.newest.id, one.n_graphs) for one in store.library.page(question).prompts]


def test_graphs_of_a_prompt_in_a_model_are_one_row(store: GraphStore) -> None:
    assert listed(store) == [("e", 1), ("d", 2), ("c", 1), ("b", 1)]
    row = store.library.page(EVERYTHING).prompts[1]
    assert (row.model, row.prompt, row.newest) == ("gemma", "Dallas is in", store.graphs()[1])
    assert (row.n_labelled_nodes, row.faithfulness) == (0, None)
    assert store.library.page(EVERYTHING)[1:] == (4, 5)
    assert [(one.name, one.n_graphs) for one in store.library.models()] == [("gemma", 4), ("llama", 1)]


def test_pages_of_rows_follow_one_another(store: GraphStore) -> None:
    pages = [listed(store, limit=3, offset=offset) for offset in (0, 3, 6)]
    assert pages == [[("e", 1), ("d", 2), ("c", 1)], [("b", 1)], []]
    assert store.library.page(replace(EVERYTHING, limit=1, offset=9))[1:] == (4, 5)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("newest", "edcb"), ("oldest", "bcde"), ("prompt", "dcbe"), ("labelled", "cebd"), ("nodes", "edcb")],
)
def test_rows_come_in_the_order_that_is_asked_for(
    store: GraphStore, order: PromptOrder, expected: str
) -> None:
    assert "".join(graph for graph, _ in listed(store, order=order)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("dallas",), "dc"),
        (("IN", "oak"), "b"),
        (("graph", "c"), "c"),  # of the name
        (("ÄRGER",), "e"),
        (("100 %",), "e"),
        (("oakland", "dallas"), ""),
        (("'",), ""),
        ((".*",), ""),
        (("watch",), "c"),  # of the notes
    ],
)
def test_rows_are_found_by_words(store: GraphStore, words: tuple[str, ...], expected: str) -> None:
    store.library.describe("c", notes="Watch this one.")
    assert "".join(graph for graph, _ in listed(store, words=words)) == expected
    assert store.library.page(replace(EVERYTHING, words=words)).n_prompts == len(expected)


def test_rows_are_filtered_by_what_graphs_are(store: GraphStore) -> None:
    assert listed(store, model="llama") == [("c", 1)] and listed(store, model="no") == []
    assert listed(store, labelled=True) == [("e", 1), ("c", 1), ("b", 1)]
    assert listed(store, labelled=False) == [("d", 2)]
    store.collections.change("cities", add=["a", "c"])
    assert listed(store, collection="cities") == [("c", 1), ("a", 1)]
    assert store.library.page(replace(EVERYTHING, collection="cities"))[1:] == (2, 2)
    with pytest.raises(CollectionNotFound):
        store.library.page(replace(EVERYTHING, collection="unknown"))


def test_verified_graphs_are_found_by_their_faithfulness(store: GraphStore) -> None:
    store.load(full_graph("one"))
    store.put_verification(verification("one", ["one/feature/0/0/2"]))
    assert listed(store, order="faithfulness")[0] == ("one", 1)
    (row,) = store.library.page(replace(EVERYTHING, least=0.9)).prompts
    assert (row.newest.id, row.faithfulness) == ("one", 0.9)
    assert listed(store, least=0.91) == []


def test_what_hangs_on_the_graphs_of_a_prompt_is_listed_with_them(store: GraphStore) -> None:
    graph, features = full_graph("one"), ["one/feature/0/0/2", "one/feature/1/0/3"]
    store.load(graph)
    store.add_intervention(intervention("one", features))
    store.put_verification(verification("one", features))
    store.put_internals(graph, internals_of(graph))
    store.collections.change("cities", add=["one"])
    (kept,) = store.library.of_prompt("one")
    assert kept.graph.id == "one" and kept.collections == ["cities"] and kept.has_internals
    assert [one.name for one in kept.views] == [one.name for one in graph.views]
    assert (kept.n_interventions, kept.n_verifications) == (1, 1)
    of_dallas = store.library.of_prompt("a")
    assert [one.graph.id for one in of_dallas] == ["d", "a"]
    assert not of_dallas[0].views and not of_dallas[0].has_internals
    with pytest.raises(GraphNotFound):
        store.library.of_prompt("unknown")


def test_a_graph_gets_a_name_and_notes(store: GraphStore) -> None:
    before = store.record("a")
    found = store.library.describe("a", name="Dallas, again")
    assert (found.name, found.notes) == ("Dallas, again", "")
    store.library.describe("a", notes='Two\nlines, and a "quote".')
    after = store.record("a")
    said = {"name": "Dallas, again", "notes": 'Two\nlines, and a "quote".'}
    assert after == before.model_copy(update=said)
    for name in ("", " ", "two\nlines", "x" * 201):
        with pytest.raises(InvalidRequest):
            store.library.describe("a", name=name)
    with pytest.raises(GraphNotFound):
        store.library.describe("unknown", notes="nobody's")
    assert store.record("a") == after


def test_a_data_set_is_listed_and_not_changed(store: GraphStore, tmp_path: Path) -> None:
    store.library.describe("a", notes="kept")
    write_data_set(tmp_path / "set", [store.read(one.id) for one in store.graphs()])
    with open_store(f"parquet://{tmp_path / 'set'}", data_sets=tmp_path / "loaded") as data_set:
        assert listed(data_set) == listed(store)
        assert data_set.record("a").notes == "kept"
        with pytest.raises(ReadOnlyDataSet):
            data_set.library.describe("a", notes="mine")
