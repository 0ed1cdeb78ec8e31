"""Named queries over HTTP and the command line: listed, run, and refused by name."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from queries.named import QUERIES
from tests.support.api import imported, problem
from tests.support.processes import run, write_graph


@pytest.fixture(scope="module")
def tiny(client: TestClient, tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(imported(client, write_graph(tmp_path_factory.mktemp("file") / "tiny.json"))["id"])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a graph called `tiny`, and no server."""
    folder = tmp_path_factory.mktemp("data")
    assert run("import", write_graph(folder / "tiny.json"), data=folder / "data").status == 0
    return folder / "data"


def test_the_cookbook_is_listed_with_its_cypher(client: TestClient) -> None:
    listed = client.get("/api/queries").json()
    assert listed["engine"] == "ladybug"
    assert [one["name"] for one in listed["queries"]] == [query.name for query in QUERIES]
    first = listed["queries"][0]
    assert first["cypher"] == QUERIES[0].text("ladybug")
    assert [one["name"] for one in first["parameters"] if one["required"]] == ["graph"]
    assert {"name": "complete", "type": "flag"}.items() <= first["columns"][-1].items()


@pytest.mark.slow
def test_a_named_query_answers_as_its_cypher_does(client: TestClient, tiny: str) -> None:
    answer = client.post("/api/queries/top-paths", json={"parameters": {"graph": tiny, "min_length": 1}})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [row[0] for row in found["rows"]] == [0.75, 0.25]
    assert found["rows"][0][3] == [" Dallas", "Texas", " Austin"]
    listed = client.get("/api/queries").json()["queries"][0]
    values = {one["name"]: one["default"] for one in listed["parameters"]} | {"graph": tiny, "min_length": 1}
    same = client.post("/api/cypher", json={"query": listed["cypher"], "parameters": values}).json()
    assert (same["columns"], same["rows"]) == (found["columns"], found["rows"])


@pytest.mark.slow
def test_its_rows_are_csv_where_that_is_wanted(client: TestClient, tiny: str) -> None:
    asked = {"parameters": {"graph": tiny}}
    answer = client.post("/api/queries/hubs", json=asked, headers={"Accept": "text/csv"})
    header, row = answer.text.splitlines()
    assert header.startswith("node,feature,label,") and row.startswith(f"{tiny}/feature/0/1/2,")


@pytest.mark.slow
def test_its_rows_are_bounded(client: TestClient, tiny: str) -> None:
    asked = {"parameters": {"graph": tiny, "min_length": 1}, "limit": 1}
    found = client.post("/api/queries/top-paths", json=asked).json()
    assert (len(found["rows"]), found["truncated"]) == (1, "rows")


def test_what_is_wrong_is_named(client: TestClient, tiny: str) -> None:
    def asked(name: str, **parameters: object) -> object:
        return client.post(f"/api/queries/{name}", json={"parameters": parameters})

    assert "hubs" in problem(asked("hub"), 404, "UnknownQuery")
    assert problem(asked("hubs"), 422, "InvalidRequest").startswith("graph: ")
    assert problem(asked("hubs", graph=tiny, node="x"), 422, "InvalidRequest").startswith("node: ")
    assert problem(asked("hubs", graph=tiny, k=0), 422, "InvalidRequest").startswith("k: ")
    assert "nowhere" in problem(asked("hubs", graph="nowhere"), 404, "GraphNotFound")
    assert "nowhere" in problem(asked("shared-features", graphs=[tiny, "nowhere"]), 404, "GraphNotFound")


@pytest.mark.slow
def test_the_command_lists_and_runs_them(data: Path) -> None:
    listed = run("query", "--list", data=data)
    assert listed.status == 0
    assert all(query.name in listed.out for query in QUERIES)
    table = run("query", "--name", "top-paths", "--parameter", "graph=tiny", "--parameter", "k=1", data=data)
    assert "Texas" in table.out and "0.75" in table.out
    shared = ["--name", "shared-features", "--parameter", "graphs=tiny"]
    several = run("query", *shared, "--format", "json", data=data)
    assert [row[1] for row in json.loads(several.out)["rows"]] == [0]
    cypher = "MATCH (n:LogitNode) RETURN n.token AS t LIMIT $k"
    own = run("query", cypher, "--parameter", "k=1", "--format", "csv", data=data)
    assert own.out.splitlines()[:2] == ["t", " Austin"]


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["--name", "hub"], 1, "no query named 'hub'"),
        (["--name", "hubs"], 1, "graph: hubs needs it"),
        (["--name", "hubs", "--parameter", "graph=nowhere"], 1, "no graph 'nowhere'"),
        (["--name", "hubs", "--parameter", "graph=tiny", "--parameter", "k=x"], 2, "k: 'x' is no number"),
        (["--name", "hubs", "--parameter", "graph"], 2, "NAME=VALUE"),
        (["--name", "hubs", "--parameter", "k=1", "--parameter", "k=2"], 2, "2 times"),
        (["--name", "hubs", "--list"], 2, "Give CYPHER"),
        ([], 2, "Give CYPHER"),
    ],
)
def test_the_command_says_what_is_wrong(data: Path, arguments: list[str], status: int, expected: str) -> None:
    done = run("query", *arguments, data=data)
    assert done.status == status
    assert expected in done.err
