"""How values come back: the same shapes from both engines."""

import asyncio
from threading import Thread
from typing import Any

import pytest

from queries.cypher.answer import CypherAnswer
from queries.errors import InvalidQuery
from tests.queries.cypher.conftest import World
from tests.queries.store.test_store import full_graph
from tests.support.patience import AMPLE

pytestmark = pytest.mark.slow


def rows(world: World, query: str, **parameters: Any) -> list[list[Any]]:
    return asyncio.run(world.runner.run(query, parameters, timeout=AMPLE)).rows


def test_nodes_relationships_and_paths_come_as_such(world: World) -> None:
    query = (
        "MATCH p = (a:EmbeddingNode {key: 'one/embedding/-1/0/0'})-[:DIRECT_EFFECT]->(f:FeatureNode)"
        "-[:DIRECT_EFFECT]->(g:FeatureNode) MATCH (a)-[r:DIRECT_EFFECT]->(f) RETURN p, a, r, f"
    )
    [[path, a, r, f]] = rows(world, query)
    assert (a["type"], a["labels"], a["properties"]["token"]) == ("node", ["EmbeddingNode"], "token 0")
    assert f["properties"]["key"] == "one/feature/0/0/2"
    assert None not in a["properties"].values()
    assert (r["type"], r["relationship_type"]) == ("relationship", "DIRECT_EFFECT")
    assert (r["source"], r["target"], r["properties"]["weight"]) == (a["id"], f["id"], 1.5)
    assert path["type"] == "path"
    assert path["nodes"][:2] == [a, f] and len(path["nodes"]) == 3
    assert path["relationships"][0] == r
    assert path["relationships"][1]["source"] == f["id"]


def test_a_variable_length_relationship_is_a_list(world: World) -> None:
    [[links]] = rows(
        world,
        "MATCH (:EmbeddingNode {key: 'one/embedding/-1/0/0'})-[r:DIRECT_EFFECT*2..2]->(:FeatureNode) RETURN r",
    )
    assert [link["relationship_type"] for link in links] == ["DIRECT_EFFECT"] * 2
    assert links[0]["target"] == links[1]["source"]


def test_lists_and_maps_hold_values_of_any_kind(world: World) -> None:
    [[nodes]] = rows(world, "MATCH (n:View) RETURN collect(n)")
    assert {node["type"] for node in nodes} == {"node"}
    assert rows(world, "RETURN $m.a, $l", m={"a": [1, None]}, l=["x", "y"]) == [[[1, None], ["x", "y"]]]


def test_numbers_that_json_has_not_are_text(world: World) -> None:
    query = {
        "neo4j": "RETURN 0.0 / 0.0, 1.0 / 0.0, -1.0 / 0.0, 2 ^ 62",
        "ladybug": "RETURN CAST('nan' AS DOUBLE), CAST('inf' AS DOUBLE), CAST('-inf' AS DOUBLE), pow(2.0, 62.0)",
    }
    assert rows(world, query[world.engine.name]) == [["NaN", "Infinity", "-Infinity", 2.0**62]]


def test_times_are_iso_8601(world: World) -> None:
    query = {
        "neo4j": "RETURN date('2026-01-02'), localdatetime('2026-01-02T03:04:05'), duration('P1DT2H')",
        "ladybug": "RETURN date('2026-01-02'), timestamp('2026-01-02 03:04:05'), interval('1 day 2 hours')",
    }
    [[day, moment, duration]] = rows(world, query[world.engine.name])
    assert day == "2026-01-02"
    assert moment.startswith("2026-01-02T03:04:05")
    assert duration in ("P1DT2H", "P1DT7200.000000S")


def test_parameters_are_never_part_of_the_text(world: World) -> None:
    for text in ("'", "\\", "' RETURN 2 //", "$b", "`", "\u2028", "Ада 🦜"):
        assert rows(world, "RETURN $a AS a, '$a' AS quoted", a=text) == [[text, "$a"]]


@pytest.mark.parametrize("value", [2**63, -(2**70), [2**64]])
def test_a_parameter_that_the_engine_has_not_is_told(world: World, value: Any) -> None:
    with pytest.raises(InvalidQuery):
        rows(world, "RETURN $a", a=value)


def test_what_was_committed_is_seen_at_once(world: World) -> None:
    count = "MATCH (g:AttributionGraph) RETURN count(*)"
    assert rows(world, count) == [[2]]
    world.store.load(full_graph("three"))
    assert rows(world, count) == [[3]]
    world.store.delete("three")
    assert rows(world, count) == [[2]]


def test_queries_see_whole_graphs_and_all_that_is_stored_while_others_are(world: World) -> None:
    stored: list[int] = []

    def store() -> None:
        for number in range(5):
            world.store.load(full_graph(f"fresh{number}"))
            stored.append(number)

    query = (
        "MATCH (g:AttributionGraph) WHERE g.id STARTS WITH 'fresh' OPTIONAL MATCH (g)-[:HAS_NODE]->(n) "
        "RETURN g.id AS graph, count(n) AS nodes"
    )
    thread = Thread(target=store)
    thread.start()
    while thread.is_alive():
        least = len(stored)
        seen = rows(world, query)
        assert len(seen) >= least
        assert all(nodes == 7 for _, nodes in seen)
    thread.join()
    assert len(rows(world, query)) == 5
    for number in stored:
        world.store.delete(f"fresh{number}")


def test_csv_has_a_line_a_row() -> None:
    lines = [b'["a,b", null, 1.5]', b'["say \\"hi\\"\\n", true, {"type": "node"}]']
    answer = CypherAnswer(["x", "y,z", "n"], lines, None, 0.1, "neo4j")
    assert answer.csv().decode() == (
        'x,"y,z",n\r\n"a,b",,1.5\r\n"say ""hi""\n",true,"{""type"": ""node""}"\r\n'
    )


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("MATCH (n:FeatureNode RETURN n", "(line 1, column 22)"),
        ("MATCH (n:FeatureNode)\n RETRUN n", "(line 2, column 2)"),
        (f"MATCH (n) /* {'long ' * 20}*/\nRETURN n.layer\nLIMIT )", "(line 3, column 7)"),
    ],
)
def test_an_error_tells_its_place_in_the_query_itself(world: World, query: str, place: str) -> None:
    with pytest.raises(InvalidQuery) as raised:
        rows(world, query)
    assert str(raised.value).endswith(place) and "\n" not in str(raised.value)
