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
    assert sequence["steps"] == [{"name": "Texas", "is_group": False, "layer": 0, "index": 2, "site": None}]
    assert [one["score"] for one in sequence["in_graphs"]] == [0.75, 0.75]
    assert [one["effect"]["lowering"] for one in sequence["in_graphs"]] == [0.75, 0.75]
    assert [one["nodes"] for one in sequence["in_graphs"]] == [[[f"{graph}/feature/0/1/2"]] for graph in pair]
    assert [one["sources"][0]["token"] for one in sequence["in_graphs"]] == [" Dallas", " Oakland"]


def test_paths_are_compared_by_label(client: TestClient, pair: tuple[str, str]) -> None:
    asked = {"graphs": ",".join(pair), "group_by": "label"}
    found = client.get("/api/compare", params=asked).json()
    assert found["group_by"] == "label"
    assert [(one["steps"], [part is None for part in one["in_graphs"]]) for one in found["sequences"]] == [
        ([{"name": name, "is_group": True, "layer": None, "index": None, "site": None}], missing)
        for name, missing in (("Texas", [False, True]), ("a state", [True, False]))
    ]
    assert [graph["covered_shared"] for graph in found["graphs"]] == [0.0, 0.0]


def test_every_graph_has_its_own_target(client: TestClient, pair: tuple[str, str]) -> None:
    logits = client.get(f"/api/graphs/{pair[0]}").json()["logits"]
    assert [(one["token"], one["probability"]) for one in logits] == [(" Austin", 0.6)]
    end = logits[0]["id"].removeprefix(f"{pair[0]}/")
    found = client.get("/api/compare", params={"graphs": ",".join(pair), "target": [end, ""]}).json()
    assert [graph["target"]["token"] for graph in found["graphs"]] == [" Austin", " Austin"]
    answered = client.get("/api/compare", params={"graphs": ",".join(pair), "target": end})
    assert "one for each of the 2 graphs" in problem(answered, 422, "InvalidRequest")
    answered = client.get("/api/compare", params={"graphs": ",".join(pair), "target": ["", "token:Paris"]})
    assert "names nothing here" in problem(answered, 422, "InvalidRequest")
    answered = client.get("/api/compare", params={"graphs": f"{pair[0]},{pair[0]}", "target": [end, ""]})
    assert "named twice with the same target" in problem(answered, 422, "InvalidRequest")


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
    by_label = {"graphs": f"{pair[0]},{other}", "group_by": "label"}
    found = client.get("/api/compare", params=by_label).json()
    assert (found["model"], found["shared"], found["distinct"]) == (None, None, None)
    assert [graph["model"] for graph in found["graphs"]] == ["google/tiny", "tiny-model"]
    assert [graph["n_distinct_features"] for graph in found["graphs"]] == [None, None]


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


def test_the_command_line_compares_by_label_to_other_targets(stored: Path) -> None:
    done = run(
        "compare",
        "first",
        "second",
        "--group-by",
        "label",
        "--target",
        "token:Austin",
        "--target",
        "",
        data=stored,
    )
    assert (done.status, done.err) == (0, "")
    assert any(
        "a state" in line and "Oakland" in line and "Dallas" not in line for line in done.out.splitlines()
    )
    assert "one for each of the 2 graphs" in failure(
        "compare", "first", "second", "--target", "", data=stored
    )


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
