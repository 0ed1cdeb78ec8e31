"""Saved queries over HTTP and the command line, and what the database can be asked for."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from queries.named import GROUPS, QUERIES
from queries.store import schema
from queries.words import MAX_NOTES, MAX_QUERY
from tests.support.api import problem
from tests.support.processes import run, sentence, write_graph

ODD = "a 'b' & c? #d % Ада"
ALL = "/api/saved-queries"


@pytest.fixture(autouse=True)
def clean(client: TestClient) -> None:
    """The client, and what it stores, is the module's."""
    for one in listed(client):
        assert client.delete(address(one["name"])).status_code == 204


def address(name: str) -> str:
    return f"{ALL}/{quote(name, safe='')}"


def listed(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(ALL).json()["queries"]
    return found


def test_a_query_is_saved_renamed_and_deleted(client: TestClient) -> None:
    made = client.put(address(ODD), json={"cypher": "RETURN 1", "notes": "one"})
    assert made.status_code == 200 and made.json()["cypher"] == "RETURN 1"
    assert client.get(address(ODD)).json() == made.json()
    assert listed(client) == [{key: value for key, value in made.json().items() if key != "cypher"}]
    over = client.put(address(ODD), json={"cypher": "RETURN 2"}).json()
    assert (over["cypher"], over["notes"]) == ("RETURN 2", "")
    renamed = client.put(address(ODD), json={"name": "two"}).json()
    assert renamed == over | {"name": "two"}
    client.put(address("three"), json={"cypher": "RETURN 3"})
    assert "three" in problem(client.put(address("two"), json={"name": "three"}), 409, "SavedQueryExists")
    assert client.delete(address("two")).status_code == 204
    for missing in (
        client.get(address("two")),
        client.delete(address("two")),
        client.put(address("two"), json={"name": "four"}),
    ):
        assert "no saved query 'two'" in problem(missing, 404, "SavedQueryNotFound")


@pytest.mark.parametrize(
    ("name", "body", "parameter"),
    [
        ("q", {}, "cypher"),
        ("q", {"cypher": " "}, "cypher"),
        ("q", {"cypher": "x" * (MAX_QUERY + 1)}, "cypher"),
        ("q", {"cypher": "RETURN 1", "notes": "x" * (MAX_NOTES + 1)}, "notes"),
        ("q", {"cypher": "RETURN 1", "name": "r"}, "name"),
        (" q", {"cypher": "RETURN 1"}, "name"),
    ],
)
def test_what_cannot_be_saved_is_named(
    client: TestClient, name: str, body: dict[str, str], parameter: str
) -> None:
    assert problem(client.put(address(name), json=body), 422, "InvalidRequest").startswith(parameter)
    assert listed(client) == []


def test_the_schema_is_the_store_s(client: TestClient) -> None:
    found = client.get("/api/cypher/schema").json()
    assert (found["engine"], found["dialect"]) == ("ladybug", "Ladybug’s Cypher")
    labels = {one["name"]: [each["name"] for each in one["properties"]] for one in found["labels"]}
    assert labels == {table.label: list(table.columns) for table in schema.TABLES}
    types = {one["name"]: one for one in found["relationships"]}
    assert list(types) == [one.type for one in schema.RELATIONSHIPS]
    assert types["DIRECT_EFFECT"]["properties"] == [
        {"name": "weight", "type": "DOUBLE"},
        {"name": "share", "type": "DOUBLE"},
    ]
    assert {"source": "FeatureNode", "target": "LogitNode"} in types["DIRECT_EFFECT"]["ends"]
    assert found["limits"]["default_rows"] == 10_000 and found["limits"]["max_seconds"] == 60


def test_named_queries_say_what_their_parameters_are(client: TestClient) -> None:
    queries = {one["name"]: one for one in client.get("/api/queries").json()["queries"]}
    assert list(queries) == [query.name for query in QUERIES]
    for group, members in GROUPS.items():
        assert {queries[member.name]["group"] for member in members} == {group}

    def parameter(query: str, name: str) -> tuple[str, list[str] | None]:
        (found,) = (one for one in queries[query]["parameters"] if one["name"] == name)
        return found["type"], found["kinds"]

    assert parameter("readers-of-token", "token") == ("token", ["embedding"])
    assert parameter("writers-of-logit", "token") == ("token", ["logit"])
    assert parameter("between", "source") == ("node", ["embedding", "feature", "error"])
    assert parameter("head-graphs", "model") == ("model", None)
    assert parameter("collection-features", "collection") == ("collection", None)


@pytest.mark.slow
def test_the_command_saves_runs_and_forgets_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run("import", write_graph(tmp_path / "tiny.json"), data=data).status == 0
    cypher = "MATCH (n:LogitNode) RETURN n.token AS t LIMIT $k"
    kept = ["--save", "logit tokens", "--notes", "what is predicted"]
    ran = run("query", cypher, "--parameter", "k=1", "--format", "csv", *kept, data=data)
    assert (ran.status, ran.out.splitlines()[:2]) == (0, ["t", " Austin"])
    again = run("query", "--saved", "logit tokens", "--parameter", "k=1", "--format", "csv", data=data)
    assert again.out == ran.out
    shown = run("query", "--list", data=data).out
    assert "top-paths" in shown and "logit tokens" in shown and "what is predicted" in shown
    known = json.loads(run("query", "--list", "--format", "json", data=data).out)
    assert [one["name"] for one in known["saved"]] == ["logit tokens"] and len(known["queries"]) > 20

    assert sentence(run("query", "RETURN", "--save", "broken", data=data))
    assert "no saved query 'broken'" in sentence(run("query", "--saved", "broken", data=data))
    assert "cannot be a name" in sentence(run("query", cypher, "--save", "a/b", data=data))
    done = run("copy", f"ladybug://{data}/graphs.lbug", f"ladybug://{tmp_path}/b.lbug", data=None)
    assert done.out.splitlines()[-1] == "Copied 1 saved query."
    forgotten = run("query", "--forget", "logit tokens", data=data)
    assert forgotten.out == "Deleted the saved query 'logit tokens'.\n"
    assert "no saved query" in sentence(run("query", "--forget", "logit tokens", data=data))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["RETURN 1", "--saved", "q"], "Give CYPHER, --name, --saved, --list or --forget."),
        (["--saved", "q", "--save", "r"], "--save is for CYPHER."),
        (["RETURN 1", "--notes", "x"], "--notes is for --save."),
    ],
)
def test_misuse_is_told(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run("query", *arguments, data=tmp_path)
    assert done.status == 2 and says in done.err
