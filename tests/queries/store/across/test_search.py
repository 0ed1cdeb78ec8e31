"""The search, and the graphs of one feature: the same on both engines, and over the tables of a data set."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, View
from queries.graph.features import Explanation, FeatureId, LabelOrigin
from queries.graph.records import Prediction
from queries.store.across import search as searching
from queries.store.across.asked import Asked, asked_of, ranges_of
from queries.store.across.features import place_of
from queries.store.across.found import Found
from queries.store.open import open_store
from queries.store.parquet import write_data_set
from queries.store.parquet_store import ParquetStore
from queries.store.store import GraphStore
from queries.words import FEATURE_SORTS, FeatureSort
from tests.queries.store.test_store import MADE, OTHER, OWN, attention_graph
from tests.support.engines import Engine
from tests.support.graphs import make_graph, with_features
from tests.support.patience import PATIENCE

AUSTIN = Prediction(token=" Austin", probability=0.5)


def day(number: int) -> datetime:
    return datetime(2026, 1, number, tzinfo=UTC)


def graph(graph_id: str, prompt: str, labels: dict[int, str], **record: Any) -> AttributionGraph:
    """Three tokens, three features (20/7, 20/71 and 3/7) and a logit."""
    weights = {(0, 3): 1.0, (1, 4): 1.0, (3, 5): 1.0, (4, 6): 1.0, (5, 6): 1.0}
    made = make_graph("EEEFFFL", weights, labels=labels, id=graph_id, prompt=prompt, **record)
    return with_features(made, [(20, 7), (20, 71), (3, 7)])


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Neo4j that has planned no search yet takes seconds on a slow machine."""
    monkeypatch.setattr(searching, "SECONDS", PATIENCE)


@pytest.fixture
def store(engine: Engine) -> Iterator[GraphStore]:
    with open_store(engine.url) as opened:
        yield opened


def graphs() -> list[AttributionGraph]:
    dallas = graph(
        "one",
        "The state of Dallas",
        {3: "Texas", 4: "say Austin"},
        name="grouped",
        created_at=day(1),
        prediction=AUSTIN,
    )
    oakland = graph("two", "The state of Oakland", {3: "California"}, name="grouped again", created_at=day(2))
    views = (View("File of pins", 1, {}), View("state step", 1, {}))
    explained: dict[FeatureId, list[Explanation]] = {
        (20, 7): [Explanation("US states, such as Texas", "gpt", "np_max-act", 0.5)]
    }
    return [
        replace(dallas, views=views, explanations=explained),
        oakland,
        attention_graph("attention"),
    ]


@pytest.fixture
def filled(store: GraphStore) -> GraphStore:
    for one in graphs():
        store.load(one)
    store.collections.change("Cities of Texas", add=["one", "two"])
    store.collections.make("months")
    return store


def features_of(found: Found) -> list[tuple[int, int, str | None]]:
    return [(one.layer, one.index, one.label) for one in found.features]


def test_all_words_must_occur_in_the_prompt_or_the_name_of_a_graph(filled: GraphStore) -> None:
    def found(text: str) -> list[str]:
        return [one.id for one in filled.search(text, 8).graphs]

    assert found("STATE") == ["two", "one"], "the newest first"
    assert found("grouped dallas") == ["one"]
    assert found("of  state grouped") == ["two", "one"]
    assert found("dallas oakland") == []
    filled.library.describe("one", name="grouped", notes="For the talk in May")
    assert found("talk dallas") == ["one"]
    assert found("austin dallas") == ["one"], "by what is predicted"
    (dallas,) = filled.search("dallas", 8).graphs
    assert (dallas.name, dallas.prompt, dallas.model) == ("grouped", "The state of Dallas", "model")
    assert dallas.created_at == day(1)


def test_views_and_collections_are_found_by_their_names(filled: GraphStore) -> None:
    found = filled.search("s", 8)
    assert [one.name for one in found.collections] == ["Cities of Texas", "months"]
    assert [(one.name, one.graph) for one in found.views] == [("File of pins", "one"), ("state step", "one")]
    (step,) = filled.search("STEP state", 8).views
    assert (step.graph_name, step.prompt) == ("grouped", "The state of Dallas")
    assert [one.n_graphs for one in filled.search("texas", 8).collections] == [2]


def test_features_are_found_by_what_graphs_and_explanations_call_them(filled: GraphStore) -> None:
    found = filled.search("texas", 8)
    texas, *others = found.features
    assert (texas.label, texas.origin) == ("Texas", LabelOrigin(source="graph"))
    assert (texas.model, texas.transcoder_set, texas.layer, texas.index, texas.site) == (
        "model",
        "set",
        20,
        7,
        None,
    )
    assert texas.n_nodes == 2, "one in each graph"
    assert [(one.label, one.origin) for one in others] == [
        (MADE.text, LabelOrigin(source="explanation", by="model"))
    ]
    (states,) = filled.search("such US", 8).features
    assert (states.label, states.index) == ("US states, such as Texas", 7)
    assert states.origin == LabelOrigin(source="explanation", by="gpt")
    (said,) = filled.search("i say texas", 8).features
    assert (said.label, said.origin) == (OWN.text, LabelOrigin(source="person", by="ada"))
    attention, states = filled.search(OTHER.text.upper(), 8).features  # what is called just so comes first
    assert (attention.site, attention.transcoder_set) == ("attn", "lorsa/set")
    assert filled.search("texas california", 8).features == [], "two graphs' words for one feature"


def test_features_are_found_by_number(filled: GraphStore) -> None:
    best = "US states, such as Texas"
    for text in ("20/7", "L20 #7", "l20/#7", "20 7"):
        assert features_of(filled.search(text, 8)) == [(20, 7, "California"), (20, 71, "say Austin")], text
    assert features_of(filled.search("#71", 8)) == [(20, 71, "say Austin")]
    assert features_of(filled.search("L3", 8)) == [(3, 7, None)]
    assert {(one.layer, one.index) for one in filled.search("7", 8).features} == {(20, 7), (3, 7)}, "not 71"
    assert features_of(filled.search("L20 texas", 8)) == [(20, 7, "Texas")]
    assert features_of(filled.search("L3 texas", 8)) == []
    assert best not in [one.label for one in filled.search("20/7", 8).features], "graphs' own labels win"


def test_so_many_of_each_kind_are_found(filled: GraphStore) -> None:
    found = filled.search("s", 1)
    assert [len(kind) for kind in (found.collections, found.graphs, found.views, found.features)] == [
        1,
        1,
        1,
        1,
    ]
    assert found.unfinished == []


def test_what_is_no_name_finds_nothing(filled: GraphStore) -> None:
    for text in ("zzzz", "100% (of) 'all' \"things\" \\ [x] .*", "#999", "99999999999999999999"):
        found = filled.search(text, 8)
        assert found == Found(collections=[], graphs=[], views=[], features=[], unfinished=[])
    with pytest.raises(InvalidRequest, match="no word"):
        filled.search(" \t", 8)


def test_a_deleted_graph_is_not_found(filled: GraphStore) -> None:
    filled.delete("one")
    found = filled.search("texas", 8)
    states = "US states, such as Texas"  # another graph has the feature
    assert sorted(one.label or "" for one in found.features) == [MADE.text, states]
    assert (found.graphs, [one.n_graphs for one in found.collections]) == ([], [1])


def test_a_search_that_takes_too_long_says_so(filled: GraphStore) -> None:
    with patch.object(searching, "SECONDS", 0.0):
        found = filled.search("texas", 8)
    assert found.unfinished == ["graphs", "views", "features"]
    assert (found.graphs, found.features) == ([], [])
    assert [one.name for one in found.collections] == ["Cities of Texas"]


def test_a_statement_that_takes_too_long_is_ended(store: GraphStore) -> None:
    for number in range(3):
        store.load(graph(f"graph {number}", "a prompt", {}))
    reading = store._reading_within  # type: ignore[attr-defined]
    pairs = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b WITH a, b"
    endless = f"{pairs} WHERE a + b < 0 RETURN count(*) AS n"
    assert reading(lambda run: run(endless), 0.05) is None
    assert reading(lambda run: run("MATCH (g:AttributionGraph) RETURN count(*) AS n"), 30.0) == [{"n": 3}]


def test_tables_are_searched_like_a_database(tmp_path: Path, filled: GraphStore) -> None:
    filled.collections.delete("months")  # it is empty, and a data set has none that is
    write_data_set(tmp_path / "set", graphs(), filled.collections)
    with ParquetStore(tmp_path / "set") as tables:
        for text in ("texas", "s", "state", "20/7", "L20 texas", "7", "such us", "zzz", OTHER.text):
            mine, theirs = tables.search(text, 8), filled.search(text, 8)
            assert mine == theirs, text
        feature = ("model", "set", 20, 7, None)
        for sort in FEATURE_SORTS:
            assert tables.feature_graphs(feature, sort, 8) == filled.feature_graphs(feature, sort, 8)


def firing(graph_id: str, number: int, *figures: tuple[float, float]) -> AttributionGraph:
    """A graph of that day in which the feature 0/5 fires, at a position for each pair of influence and activation."""
    n = len(figures)
    weights = {(at, n + at): 1.0 for at in range(n)} | {(n + at, 2 * n): 1.0 for at in range(n)}
    made = make_graph("E" * n + "F" * n + "L", weights, id=graph_id, created_at=day(number))
    made = with_features(made, [(0, 5)] * n)
    influence, activation = made.nodes.node_influence.copy(), made.nodes.activation.copy()
    influence[n : 2 * n], activation[n : 2 * n] = zip(*figures, strict=True)
    position = made.nodes.position.copy()
    position[:n] = position[n : 2 * n] = range(n)
    nodes = replace(made.nodes, node_influence=influence, activation=activation, position=position)
    return replace(made, nodes=nodes)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("influence", ["b", "c", "a", "unknown"]),
        ("activation", ["a", "c", "b", "unknown"]),
        ("newest", ["unknown", "c", "b", "a"]),
    ],
)
def test_the_graphs_of_a_feature_come_in_order_and_in_pages(
    store: GraphStore, sort: FeatureSort, order: list[str]
) -> None:
    nan = float("nan")
    for one in (
        firing("a", 1, (0.1, 9.0)),
        firing("b", 2, (0.2, 1.0), (0.9, 0.5)),
        firing("c", 3, (0.5, 2.0), (nan, nan)),
        firing("unknown", 4, (nan, nan)),
    ):
        store.load(one)
    feature = ("model", "set", 0, 5, None)
    whole = store.feature_graphs(feature, sort, 10)
    assert [one.id for one in whole] == order
    after = None
    for number in range(4):
        (page,) = store.feature_graphs(feature, sort, 1, after)
        assert page == whole[number]
        after = place_of(page, sort)
    assert store.feature_graphs(feature, sort, 1, after) == []
    assert store.feature_graphs(("model", "set", 0, 6, None), sort, 1) == []
    told = {one.id: one for one in whole}
    assert [node.position for node in told["b"].nodes] == [0, 1]
    assert told["b"].tokens[told["b"].nodes[1].position] == told["b"].nodes[1].token
    assert told["a"].created_at == day(1)


def test_a_feature_tells_its_newest_graphs_and_how_many_there_are(store: GraphStore) -> None:
    with patch("queries.store.across.features.MAX_TOLD_GRAPHS", 2):
        for number in (1, 2, 3):
            store.load(firing(f"graph {number}", number, (0.5, 1.0), (0.25, 1.0)))
        found = store.feature("model", "set", 0, 5)
    assert (found.n_graphs, [one.id for one in found.graphs]) == (3, ["graph 3", "graph 2"])


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("The  state the", Asked(("the", "state"), ("the", "state"))),
        ("L20", Asked(("l20",), (), 20)),
        ("#44686", Asked(("#44686",), (), None, "44686")),
        ("20/44686", Asked(("20/44686",), (), 20, "44686")),
        ("20/", Asked(("20/",), (), 20)),
        ("l20 #44686", Asked(("l20", "#44686"), (), 20, "44686")),
        ("20 44686", Asked(("20", "44686"), (), 20, "44686")),
        ("Texas L20", Asked(("texas", "l20"), ("texas",), 20)),
        ("1980", Asked(("1980",), ("1980",), None, None, 1980)),
        ("in 1980", Asked(("in", "1980"), ("in", "1980"))),
    ],
)
def test_numbers_of_features_are_told_from_words(text: str, asked: Asked) -> None:
    assert asked_of(text) == asked


@pytest.mark.parametrize("text", ["", "  ", "x" * 201, " ".join("abcdefghijk")])
def test_too_little_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        asked_of(text)


def test_the_ranges_of_a_beginning_hold_what_begins_so() -> None:
    for beginning in ("0", "7", "44", "214748364", "999999999"):
        ranges = ranges_of(beginning)
        for number in (0, 7, 8, 70, 79, 80, 44, 440, 449, 450, 4400, 999999999, 2147483640, 2147483647):
            begins = str(number).startswith(beginning) and (beginning != "0" or number == 0)
            assert any(first <= number <= last for first, last in ranges) is begins, (beginning, number)
