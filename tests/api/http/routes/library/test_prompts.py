"""The library over HTTP: prompts a page at a time, the graphs of one, names and notes."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.api import problem
from tests.support.graph_documents import document


@pytest.fixture(autouse=True)
def clean(client: TestClient) -> None:
    """The client, and what it stores, is the module's."""
    for graph in client.get("/api/graphs").json()["graphs"]:
        client.delete(f"/api/graphs/{graph['id']}")


def asked(client: TestClient, **question: Any) -> Any:
    found = client.get("/api/prompts", params=question)
    assert found.status_code == 200, found.text
    return found.json()


def store(client: TestClient, name: str, **metadata: Any) -> str:
    file = document()
    # The id depends on the tokens, not on the words of the prompt.
    file["metadata"] |= {"slug": name, "prompt_tokens": ["<bos>", name, " is"], **metadata}
    answer = client.post("/api/graphs/import", json=file)
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["id"])


def test_prompts_are_listed_a_page_at_a_time(client: TestClient) -> None:
    empty = {"prompts": [], "n_prompts": 0, "n_graphs": 0}
    assert asked(client) == empty
    ids = [store(client, f"graph-{number}", prompt=f"prompt {number % 3}") for number in range(4)]
    first = asked(client, limit=2)
    assert (first["n_prompts"], first["n_graphs"]) == (3, 4)
    assert [one["prompt"] for one in first["prompts"]] == ["prompt 0", "prompt 2"]
    assert first["prompts"][0]["n_graphs"] == 2 and first["prompts"][0]["newest"]["id"] == ids[3]
    assert "metadata" not in first["prompts"][0]["newest"]
    rest = asked(client, limit=2, offset=2)
    assert [one["prompt"] for one in rest["prompts"]] == ["prompt 1"] and rest["n_prompts"] == 3
    (model,) = client.get("/api/prompts/models").json()["models"]
    assert model["n_graphs"] == 4
    found = asked(client, search="GRAPH-2")
    assert [one["newest"]["id"] for one in found["prompts"]] == [ids[2]]
    assert asked(client, model="none")["prompts"] == [] == asked(client, min_faithfulness=0)["prompts"]
    assert asked(client, order="prompt", labelled=True)["n_graphs"] == 4


def test_a_question_that_cannot_be_asked_is_refused(client: TestClient) -> None:
    problem(client.get("/api/prompts", params={"collection": "no"}), 404, "CollectionNotFound")
    for question in ({"search": "a b " * 9 + " ".join("cdefghijklmnopq")}, {"order": "size"}, {"offset": -1}):
        problem(client.get("/api/prompts", params=question), 422, "InvalidRequest")


def test_the_graphs_of_a_prompt_are_listed_with_what_hangs_on_them(client: TestClient) -> None:
    first, other, second = (store(client, name, prompt=name[0]) for name in ("a1", "b1", "a2"))
    view: dict[str, Any] = {"state": {}}
    client.post("/api/collections/cities/graphs", json={"add": [first]})
    assert client.put(f"/api/graphs/{first}/views/mine", json=view).status_code == 200
    graphs = client.get(f"/api/graphs/{first}/prompt").json()["graphs"]
    assert [one["graph"]["id"] for one in graphs] == [second, first]
    assert graphs[1]["collections"] == ["cities"]
    assert "mine" in [one["name"] for one in graphs[1]["views"]]
    assert [one["graph"]["id"] for one in client.get(f"/api/graphs/{other}/prompt").json()["graphs"]] == [
        other
    ]
    problem(client.get("/api/graphs/unknown/prompt"), 404, "GraphNotFound")


def test_a_graph_is_renamed_and_described(client: TestClient) -> None:
    graph = store(client, "a-slug")
    paths = client.get(f"/api/graphs/{graph}/paths").json()
    found = client.patch(f"/api/graphs/{graph}", json={"name": "Dallas, best run", "notes": "See fig. 2."})
    assert found.status_code == 200
    assert (found.json()["name"], found.json()["notes"]) == ("Dallas, best run", "See fig. 2.")
    read = client.get(f"/api/graphs/{graph}").json()
    assert (read["name"], read["notes"]) == ("Dallas, best run", "See fig. 2.")
    assert client.patch(f"/api/graphs/{graph}", json={}).json()["name"] == "Dallas, best run"
    assert client.get(f"/api/graphs/{graph}/paths").json() == paths
    assert store(client, "a-slug") == graph, "its file is the same graph"
    assert client.get(f"/api/graphs/{graph}").json()["name"] == "Dallas, best run"


@pytest.mark.parametrize("said", [{"name": ""}, {"name": "x" * 201}, {"notes": "x" * 10_001}, {"title": "x"}])
def test_what_cannot_be_said_of_a_graph_is_refused(client: TestClient, said: dict[str, str]) -> None:
    graph = store(client, "a-slug")
    problem(client.patch(f"/api/graphs/{graph}", json=said), 422, "InvalidRequest")
    assert client.get(f"/api/graphs/{graph}").json()["name"] == "a-slug"


def test_an_unknown_graph_is_not_described(client: TestClient) -> None:
    problem(client.patch("/api/graphs/unknown", json={"notes": "x"}), 404, "GraphNotFound")
