"""Every named query, on both engines, against the oracle: on small random graphs, and on the real ones."""

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import ladybug
import pytest

from queries.cypher.runner import CypherRunner
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.named import QUERIES
from queries.named.definition import NamedQuery
from queries.named.request import checked, named_query
from queries.paths.space import PathQuery, PathSpace
from queries.store.open import open_store
from queries.store.schema import feature_key
from queries.words import Engine as EngineName
from tests.queries.named.oracle import ORDERS, Oracle, ranked
from tests.queries.named.plain_graphs import Row
from tests.queries.named.samples import (
    collections_of,
    interventions_on,
    prompt_internals,
    sample_graph,
    verification_of,
)
from tests.support.engines import Engine, ladybug_engine, neo4j_engine
from tests.support.graphs import REAL_GRAPHS, real_graph
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

ALL = 10_000
HIDDEN = 99
"""The seed of a sample that is in the database and not visible."""


class Cookbook(NamedTuple):
    """A database with graphs, and an oracle that knows the answers."""

    engine: EngineName
    runner: CypherRunner
    graphs: list[AttributionGraph]
    oracle: Oracle

    def ask(self, name: str, **given: Any) -> list[Row]:
        """The rows of a named query, through the gate that people's Cypher goes through."""
        query = named_query(name)
        values = checked(query, given)
        answer = asyncio.run(self.runner.run(query.text(self.engine), values, timeout=PATIENCE))
        assert answer.columns == [column.name for column in query.columns]
        assert answer.truncated is None
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


@pytest.fixture(
    scope="module", params=["ladybug-samples", "ladybug-reals", "neo4j-samples", "neo4j-reals"], ids=str
)
def cookbook(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cookbook]:
    name, _, which = request.param.partition("-")
    graphs = (
        [sample_graph(seed) for seed in range(5)]
        if which == "samples"
        else [real_graph(name) for name in REAL_GRAPHS]
    )
    engine = (
        ladybug_engine(tmp_path_factory.mktemp("named"))
        if name == "ladybug"
        else neo4j_engine(request.getfixturevalue("neo4j_server"))
    )
    hidden = sample_graph(HIDDEN)
    with open_store(engine.url) as store:
        for graph in (*graphs, hidden):
            store.load(graph)
        for number, graph in enumerate((*graphs, hidden)):
            for one in interventions_on(graph, number):
                store.add_intervention(one)
            store.put_verification(verification_of(graph, number))
            store.put_internals(graph, prompt_internals(graph, number))
        for collection, chosen in collections_of([*graphs, hidden]).items():
            store.collections.change(collection, add=chosen)
    hide(engine, hidden.record.id)
    runner = CypherRunner(engine.url)
    yield Cookbook(name, runner, graphs, Oracle(graphs))
    runner.close()


def hide(engine: Engine, graph_id: str) -> None:
    """Give a graph the state of one that is being loaded."""
    statement = f"MATCH (g:AttributionGraph {{id: '{graph_id}'}}) SET g.state = 'loading'"
    if engine.name == "neo4j":
        engine.query(statement)
        return
    path = Path(engine.url.removeprefix("ladybug://"))
    with ladybug.Database(path) as database, ladybug.Connection(database) as connection:
        connection.execute(statement)


def cases(query: NamedQuery, graphs: list[AttributionGraph]) -> Iterator[Row]:
    """Values for the query's parameters with which it finds much."""
    first, second, *_ = graphs
    ids = [graph.record.id for graph in graphs]
    keys = first.nodes.keys(first.record.id)
    logit = PathSpace(first, PathQuery()).targets[0]
    inner = int(first.edges.source[first.edges.target == logit].max())
    embedding = first.nodes.token.index(" Dallas")
    min_share = 0.0 if first.record.name == "sample 0" else 0.01
    match query.name:
        case "top-paths":
            yield {"graph": ids[0], "min_share": min_share, "min_length": 1}
            yield {"graph": ids[1], "min_share": 2 * min_share + 0.01, "max_length": 2}
            other = int(second.nodes.of_kind(NodeKind.LOGIT)[-1])
            yield {
                "graph": ids[1],
                "target": second.nodes.keys(ids[1])[other],
                "min_share": min_share,
                "min_length": 3,
            }
        case "links-of-paths":
            best = ranked(second, k=20, min_length=1)
            yield {"graph": ids[1], "paths": [" ".join(path["nodes"]) for path in best]}
        case "between":
            for target, length in ((logit, 3), (inner, 3), (inner, 2)):
                yield {
                    "graph": ids[0],
                    "source": keys[embedding],
                    "target": keys[target],
                    "max_length": length,
                    "min_share": min_share,
                }
        case "recurring-motifs":
            yield {"min_share": 0.05}
            yield {"min_graphs": 3, "min_share": 0.1}
        case "motif-paths":
            oracle = Oracle(graphs)
            motif = oracle.answer("recurring-motifs", {"min_graphs": 2, "min_share": 0.05})[0]
            yield {name: motif[name] for name in query.parameter_names if name != "k"}
        case "readers-of-token":
            yield {"graph": ids[0], "token": "Dallas"}
        case "writers-of-logit":
            yield {"graph": ids[0], "token": "Austin"}
        case "graphs-predicting-token":
            yield {"token": "Austin"}
            yield {"token": "nowhere"}
        case "node-inputs":
            yield {"graph": ids[0], "node": keys[logit]}
            yield {"graph": ids[0], "node": keys[inner]}
        case "feature-graphs" | "feature-neighbours":
            for node in first.nodes.of_kind(NodeKind.FEATURE)[[0, -1]].tolist():
                record = first.record
                place = int(first.nodes.layer[node]), int(first.nodes.index[node])
                yield {"feature": feature_key(record.model, record.transcoder_set, *place)}
        case "shared-features" | "influential-features":
            yield {"graphs": ids[:2]}
            yield {"graphs": ids}
        case "collection-features":
            for name in collections_of(graphs):
                yield {"collection": name}
            yield {"collection": "some", "min_support": 0.0}
            yield {"collection": "some", "min_support": 1.0}
        case "nodes-shared-with":
            yield {"graph": ids[0], "other": ids[1]}
            yield {"graph": ids[1], "other": ids[0]}
            yield {"graph": ids[2], "other": ids[2]}
        case "distinct-features":
            yield {"graphs": ids[:1], "others": ids[3:]}
            yield {"graphs": ids[2:4], "others": ids[:1]}
        case "features-together":
            yield {}
            yield {"min_graphs": 1}
        case "features-by-explanation" | "nodes-by-label":
            yield {"word": "TEX"}
        case "low-replacement-score":
            yield {}
            yield {"max_score": 1.0}
        case "changed-features":
            yield {"graph": ids[0]}
            yield {"graph": ids[1]}
        case "interventions-on-feature":
            for node in first.nodes.of_kind(NodeKind.FEATURE)[:2].tolist():
                record = first.record
                place = int(first.nodes.layer[node]), int(first.nodes.index[node])
                yield {"feature": feature_key(record.model, record.transcoder_set, *place)}
        case "faithful-graphs":
            yield {}
            yield {"min_faithfulness": 0.3}
        case "heads-of-logit":
            yield {"graph": ids[0]}
            yield {
                "graph": ids[1],
                "target": second.nodes.keys(ids[1])[second.nodes.of_kind(NodeKind.LOGIT)[-1]],
            }
        case "induction-heads":
            yield {"graph": ids[0]}
            yield {"graph": ids[1], "min_induction": 0.0}
        case "shared-heads":
            yield {"graphs": [ids[0], ids[2]]}
            yield {"graphs": ids[2:4], "min_share": 0.0}
            yield {"graphs": ids[:2], "min_share": 0.0}
        case "features-written-by-head" | "head-graphs":
            yield {"model": "a/model", "layer": 1, "head": 1}
            yield {"model": "a/model", "layer": 0, "head": 2}
            yield {"model": "another", "layer": 0, "head": 0}
        case "inhibitory-edges" | "hubs" | "nearest-graphs" | "influence-of-tokens" | "influence-of-errors":
            yield {"graph": ids[0]}
            yield {"graph": ids[2]}


@pytest.mark.parametrize("name", [query.name for query in QUERIES])
def test_answers_are_the_oracle_s(cookbook: Cookbook, name: str) -> None:
    query, found = named_query(name), 0
    for given in cases(query, cookbook.graphs):
        expected = cookbook.oracle.answer(name, checked(query, given))
        found += len(expected)
        assert_same_rows(cookbook.ask(name, **given, k=ALL), expected)
        assert_begins(name, cookbook.ask(name, **given, k=3), expected)
    # The real graphs have labels of their own and no explanations.
    assert found or (name == "features-by-explanation" and not cookbook.oracle.explained)


def test_prompts_in_which_a_head_hardly_carried_anything_can_be_left_out(cookbook: Cookbook) -> None:
    rows = cookbook.ask("head-graphs", model="a/model", layer=1, head=1)
    shares = sorted(row["share"] for row in rows if row["share"] is not None)
    assert len(shares) == len(rows) - 1 >= 2
    fewer = cookbook.ask("head-graphs", model="a/model", layer=1, head=1, min_share=shares[1])
    assert sorted(row["share"] for row in fewer) == shares[1:]


def test_the_top_paths_are_the_ranker_s(cookbook: Cookbook) -> None:
    """If the k-th best path scores at least the floor, both give the same answer."""
    for graph in cookbook.graphs[:4]:
        for floor, query in (
            (0.002, {"k": 10}),
            (0.003, {"k": 3, "max_length": 2}),
            (0.0, {"k": 20, "min_length": 1}),
        ):
            if floor == 0.0 and graph.record.origin == "import" and len(graph.nodes) > 100:
                continue  # without a floor, a real graph has too many paths
            best = ranked(graph, **{"max_length": 3, **query})
            answer = cookbook.ask("top-paths", graph=graph.record.id, min_share=floor, **query)
            assert all(row["complete"] for row in answer)
            assert [row["score"] for row in answer] == pytest.approx(
                [row["score"] for row in best], rel=1e-12
            )
            assert {tuple(row["nodes"]) for row in answer} == {tuple(row["nodes"]) for row in best}


def test_the_links_of_ranked_paths_multiply_to_their_influence(cookbook: Cookbook) -> None:
    for graph in cookbook.graphs[:4]:
        best = ranked(graph, k=20)
        rows = cookbook.ask(
            "links-of-paths", graph=graph.record.id, paths=[" ".join(path["nodes"]) for path in best]
        )
        for number, path in enumerate(best, start=1):
            links = [row for row in rows if row["path"] == number]
            assert [links[0]["source"], *(row["target"] for row in links)] == path["nodes"]
            assert math.prod(row["share"] for row in links) == pytest.approx(path["score"], rel=1e-12)


def assert_same_rows(rows: list[Row], expected: list[Row]) -> None:
    """The same rows in any order; sums of floats may differ in their last digits."""
    assert len(rows) == len(expected)
    for row, other in zip(sorted(rows, key=_identity), sorted(expected, key=_identity), strict=True):
        assert _identity(row) == _identity(other)
        for column, value in other.items():
            if _is_real(value):
                assert row[column] == pytest.approx(value, rel=1e-9)


def assert_begins(name: str, rows: list[Row], expected: list[Row]) -> None:
    """The first three rows in the expected order, for each direction. Rows of equal rank may come in either order."""
    for direction in {row.get("direction") for row in expected}:
        found, best = (
            [ORDERS[name](row)[-1 if direction else 0] for row in of if row.get("direction") == direction]
            for of in (rows, expected)
        )
        assert len(found) == min(3, len(best))
        if not direction:
            assert found == pytest.approx(best[:3], rel=1e-9)


UNORDERED = ("explanations", "features")
"""Columns of unordered lists."""


def _identity(row: Row) -> list[str]:
    """All values of a row that are not reals."""
    return [
        repr(sorted(value) if column in UNORDERED else value)
        for column, value in row.items()
        if not _is_real(value)
    ]


def _is_real(value: Any) -> bool:
    return isinstance(value, float) or (
        isinstance(value, list) and bool(value) and isinstance(value[0], float)
    )
