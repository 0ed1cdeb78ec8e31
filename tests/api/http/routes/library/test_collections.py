"""Named collections over HTTP: made, changed, renamed, deleted, and asked for."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.support.api import imported, problem
from tests.support.processes import write_graph

ODD = "a 'b' & c? #d % Ада"


@pytest.fixture(autouse=True)
def clean(client: TestClient) -> None:
    """The client, and what it stores, is the module's."""
    for one in listed(client):
        assert client.delete(address(one["name"])).status_code == 204
    for graph in client.get("/api/graphs").json()["graphs"]:
        client.delete(f"/api/graphs/{graph['id']}")


def address(name: str) -> str:
    return f"/api/collections/{quote(name, safe='')}"


def listed(client: TestClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/collections").json()["collections"]
    return found


def change(client: TestClient, name: str, **graphs: list[str]) -> Any:
    return client.post(f"{address(name)}/graphs", json=graphs)


def test_graphs_are_put_into_it_and_taken_out(client: TestClient, pair: tuple[str, str]) -> None:
    first, second = pair
    assert listed(client) == []
    made = change(client, ODD, add=[first, second])
    assert made.status_code == 200 and (made.json()["name"], made.json()["n_graphs"]) == (ODD, 2)
    assert client.get(address(ODD)).json() == made.json() and listed(client) == [made.json()]
    assert client.get(f"/api/graphs/{first}").json()["collections"] == [ODD]
    assert change(client, ODD, add=[first], remove=[second]).json()["n_graphs"] == 1
    assert change(client, "best", add=[first]).json()["n_graphs"] == 1
    assert client.get(f"/api/graphs/{first}").json()["collections"] == [ODD, "best"]
    assert client.get(f"/api/graphs/{second}").json()["collections"] == []
    client.delete(f"/api/graphs/{first}")
    assert [one["n_graphs"] for one in listed(client)] == [0, 0]


def test_it_is_made_renamed_and_deleted(client: TestClient, tiny: str) -> None:
    made = client.put(address("cities"))
    assert made.status_code == 200 and made.json()["n_graphs"] == 0
    assert client.put(address("cities"), json={}).json() == made.json()
    change(client, "cities", add=[tiny])
    renamed = client.put(address("cities"), json={"name": ODD})
    assert renamed.json() == made.json() | {"name": ODD, "n_graphs": 1}
    problem(client.get(address("cities")), 404, "CollectionNotFound")
    client.put(address("cities"))
    assert ODD in problem(client.put(address("cities"), json={"name": ODD}), 409, "CollectionExists")
    for name in ("cities", ODD):
        assert client.delete(address(name)).status_code == 204
    assert client.get(f"/api/graphs/{tiny}").json()["collections"] == []


def test_its_graphs_are_listed_in_pages(client: TestClient, tmp_path: Path) -> None:
    ids = [
        imported(client, write_graph(tmp_path / f"{number}.json", f"graph {number}", weight=1.0 + number))[
            "id"
        ]
        for number in range(4)
    ]
    change(client, "cities", add=ids[:3])
    page = client.get("/api/graphs", params={"collection": "cities", "limit": 2}).json()
    assert [one["id"] for one in page["graphs"]] == ids[2:0:-1]
    last = client.get("/api/graphs", params={"collection": "cities", "after": page["next"]}).json()
    assert ([one["id"] for one in last["graphs"]], last["next"]) == (ids[:1], None)
    by_faithfulness = {"collection": "cities", "order": "faithfulness"}
    assert len(client.get("/api/graphs", params=by_faithfulness).json()["graphs"]) == 3
    assert (
        client.get("/api/graphs", params={"collection": "cities", "min_faithfulness": 0}).json()["graphs"]
        == []
    )


def test_what_is_not_there_is_not_found(client: TestClient, tiny: str) -> None:
    for answer in (
        client.get(address("none")),
        client.delete(address("none")),
        client.put(address("none"), json={"name": "other"}),
        change(client, "none", remove=[tiny]),
        change(client, "none"),
        client.get("/api/graphs", params={"collection": "none"}),
        client.get(f"{address('none')}/shared"),
        client.post("/api/queries/collection-features", json={"parameters": {"collection": "none"}}),
    ):
        assert problem(answer, 404, "CollectionNotFound") == "There is no collection 'none'."
    assert "unknown" in problem(change(client, "new", add=[tiny, "unknown"]), 404, "GraphNotFound")
    assert listed(client) == []


@pytest.mark.parametrize("name", [" a", "a ", "\n", "x" * 201, "\u200b"])
def test_what_cannot_be_a_name_is_refused(client: TestClient, tiny: str, name: str) -> None:
    client.put(address("there"))
    for answer in (client.put(address(name)), change(client, name, add=[tiny])):
        assert "collection: " in problem(answer, 422, "InvalidRequest")
    renamed = client.put(address("there"), json={"name": name})
    assert "name: " in problem(renamed, 422, "InvalidRequest")
    asked = {"prompt": "Dallas", "collection": name}
    assert "collection: " in problem(client.post("/api/jobs", json=asked), 422, "InvalidRequest")
    batch = {"jobs": [{"prompt": "Dallas"}, asked]}
    assert "jobs.1.collection: " in problem(client.post("/api/jobs/batch", json=batch), 422, "InvalidRequest")
    refused = client.post("/api/graphs/import", params={"collection": name}, content=b"{}")
    assert "collection: " in problem(refused, 422, "InvalidRequest")
    assert [one["name"] for one in listed(client)] == ["there"]


def test_an_imported_graph_goes_into_it(client: TestClient, tmp_path: Path) -> None:
    file = write_graph(tmp_path / "one.json")
    for known, name in ((False, "cities"), (True, "others"), (True, "cities")):
        answer = client.post("/api/graphs/import", params={"collection": name}, content=file.read_bytes())
        assert answer.status_code == (200 if known else 201) and answer.json()["known"] is known
    assert client.get(f"/api/graphs/{answer.json()['id']}").json()["collections"] == ["cities", "others"]
    problem(
        client.post("/api/graphs/import", params={"collection": "new"}, content=b"{}"), 422, "InvalidGraph"
    )
    assert [one["name"] for one in listed(client)] == ["cities", "others"]


def test_a_job_says_which_it_goes_into(client: TestClient) -> None:
    jobs = [
        client.post("/api/jobs", json={"prompt": "Dallas", "collection": name}).json()
        for name in ("cities", "others", "cities", None)
    ]
    assert [job["collection"] for job in jobs] == ["cities", "others", "cities", None]
    assert jobs[0]["id"] == jobs[2]["id"] and len({job["id"] for job in jobs}) == 3
    assert listed(client) == [], "it is made once the graph is stored"


def test_what_its_graphs_share_is_told(client: TestClient, pair: tuple[str, str], tiny: str) -> None:
    change(client, ODD, add=[*pair, tiny])
    found = client.get(f"{address(ODD)}/shared").json()
    assert (found["collection"], found["n_graphs"]) == (ODD, 3)
    assert [graph["id"] for graph in found["graphs"]] == [tiny, pair[1], pair[0]], "the newest first"
    assert {graph["target"] for graph in found["graphs"]} == {" Austin"}
    (feature,) = found["features"]
    assert (feature["model"], feature["transcoder_set"], feature["layer"], feature["index"]) == (
        *("google/tiny", "a/b"),
        *(0, 2),
    )
    assert (feature["support"], feature["label"]) == (2, "a state")
    assert feature["in_graphs"][0]["node"] == f"{pair[1]}/feature/0/1/2"
    at = {one["steps"][0]["name"]: one for one in found["sequences"]}["Texas"]
    assert (at["support"], at["mean_share"]) == (2, 0.75)
    assert [(part["graph"], part["sources"][0]["token"]) for part in at["in_graphs"]] == [
        (0, " Dallas"),
        (2, " Dallas"),
    ]
    alone = client.get(f"{address(ODD)}/shared", params={"min_graphs": 1, "rows": 1}).json()
    assert (len(alone["features"]), alone["n_features"]) == (1, 2)


@pytest.mark.parametrize(
    "asked", [{"k": 0}, {"rows": 501}, {"min_graphs": 0}, {"labels": "all"}, {"of": "x"}]
)
def test_what_cannot_be_asked_of_what_is_shared_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    client.put(address("cities"))
    answered = client.get(f"{address('cities')}/shared", params=asked)
    assert f"{next(iter(asked))}: " in problem(answered, 422, "InvalidRequest")
