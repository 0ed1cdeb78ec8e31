"""Comparisons of graphs over HTTP and from the command line."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.api import imported, problem, write_pair
from tests.support.processes import GRAPHS, answer, failure, run, write_graph


def test_a_comparison_says_what_is_shared(client: TestClient, pair: tuple[str, str]) -> None:
    found = client.get("/api/compare", params={"graphs": ",".join(pair)}).json()
    assert (found["model"], found["transcoder_set"]) == ("google/tiny", "a/b")
    assert [graph["id"] for graph in found["graphs"]] == list(pair)
    for graph in found["graphs"]:
        assert graph["target"]["token"] == " Austin"
        assert (graph["matching"], graph["covered"], graph["covered_shared"]) == (0.75, 0.75, 0.75)
        assert (graph["n_features"], graph["n_distinct_features"]) == (1, 0)
    (feature,) = found["shared"]
    assert (feature["layer"], feature["index"]) == (0, 2)
    assert [(one["graph"], one["label"], one["positions"]) for one in feature["in_graphs"]] == [
        (pair[0], "Texas", [1]),
        (pair[1], "a state", [1]),
    ]
    assert feature["in_graphs"][0]["nodes"] == [f"{pair[0]}/feature/0/1/2"]
    assert feature["in_graphs"][0]["node_influence"] > 0
    assert (found["partly_shared"], found["distinct"]) == ([], [])
    (sequence,) = found["sequences"]
    assert sequence["features"] == [{"layer": 0, "index": 2, "site": None}]
    assert [one["score"] for one in sequence["in_graphs"]] == [0.75, 0.75]
    assert [one["sources"][0]["token"] for one in sequence["in_graphs"]] == [" Dallas", " Oakland"]


@pytest.mark.parametrize(
    ("graphs", "says"),
    [
        ("{0}", "2 to 8 graphs, not 1"),
        ("{0},{0}", "named twice"),
        ("a,b,c,d,e,f,g,h,i", "2 to 8 graphs, not 9"),
    ],
)
def test_what_cannot_be_compared_is_said(
    client: TestClient, pair: tuple[str, str], graphs: str, says: str
) -> None:
    answered = client.get("/api/compare", params={"graphs": graphs.format(*pair)})
    assert says in problem(answered, 422, "InvalidRequest")


def test_unknown_graphs_and_missing_names(client: TestClient, pair: tuple[str, str]) -> None:
    answered = client.get("/api/compare", params={"graphs": f"{pair[0]},nowhere"})
    assert "nowhere" in problem(answered, 404, "GraphNotFound")
    assert "graphs" in problem(client.get("/api/compare"), 422, "InvalidRequest")
    answered = client.get("/api/compare", params={"graphs": ",".join(pair), "k": 0})
    assert "k: " in problem(answered, 422, "InvalidRequest")


def test_graphs_of_two_models_are_refused_by_name(
    client: TestClient, pair: tuple[str, str], tmp_path: Path
) -> None:
    other = imported(client, write_graph(tmp_path / "other.json"))["id"]
    detail = problem(
        client.get("/api/compare", params={"graphs": f"{pair[0]},{other}"}), 422, "IncomparableGraphs"
    )
    for name in (pair[0], other, "google/tiny", "a/b", "tiny-model"):
        assert name in detail


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A data folder with the pair."""
    for file in write_pair(tmp_path):
        answer("import", file, data=tmp_path / "data")
    return tmp_path / "data"


def test_the_command_line_compares(stored: Path) -> None:
    done = run("compare", "first", "second", data=stored)
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert any("first" in line and "Austin" in line and "75.0 %" in line for line in lines)
    assert any("L0/2" in line and "Texas" in line and "a state" in line for line in lines)
    assert any("Dallas" in line and "Oakland" in line and "75.00 %" in line for line in lines)


def test_the_command_line_s_json_is_the_api_s(stored: Path) -> None:
    found: dict[str, Any] = answer("compare", "first", "second", "-k", "1", data=stored)
    assert [graph["name"] for graph in found["graphs"]] == ["first", "second"]
    assert len(found["sequences"]) == 1


def test_the_command_line_says_why_it_does_not_compare(stored: Path) -> None:
    assert "no graph 'third'" in failure("compare", "first", "third", data=stored)
    assert "2 to 8 graphs" in failure("compare", "first", data=stored)


@pytest.mark.skipif(not GRAPHS.is_dir(), reason="../shared/graphs is not here")
def test_the_real_pair_has_much_in_common(client: TestClient) -> None:
    ids = [imported(client, GRAPHS / f"gemma-2-2b-{name}.json")["id"] for name in ("dallas", "oakland")]
    found = client.get("/api/compare", params={"graphs": ",".join(ids)}).json()
    assert len(found["shared"]) == 143
    assert len(found["distinct"]) == sum(graph["n_distinct_features"] for graph in found["graphs"]) == 116
    for graph in found["graphs"]:
        assert 0 < graph["covered_shared"] < graph["covered"] < graph["matching"]
