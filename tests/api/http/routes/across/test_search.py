"""The search, over HTTP."""

import pytest
from fastapi.testclient import TestClient

from queries.store.across import search as searching
from tests.support.api import problem
from tests.support.patience import PATIENCE


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "SECONDS", PATIENCE)


def test_everything_is_found_by_its_words(client: TestClient, pair: tuple[str, str]) -> None:
    client.put("/api/collections/cities%20of%20Oakland", json={})
    found = client.get("/api/search", params={"q": "OAKLAND"}).json()
    assert [one["id"] for one in found["graphs"]] == [pair[1]]
    assert [one["name"] for one in found["collections"]] == ["cities of Oakland"]
    assert (found["features"], found["views"], found["unfinished"]) == ([], [], [])
    (state,) = client.get("/api/search", params={"q": "a state"}).json()["features"]
    assert (state["model"], state["transcoder_set"], state["layer"], state["index"]) == (
        "google/tiny",
        "a/b",
        0,
        2,
    )
    assert (state["label"], state["origin"]["source"], state["n_nodes"]) == ("a state", "graph", 2)
    (numbered,) = client.get("/api/search", params={"q": "L0 #2"}).json()["features"]
    assert numbered["index"] == 2 and numbered["n_nodes"] == 2
    assert len(client.get("/api/search", params={"q": "a", "limit": 1}).json()["graphs"]) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": ""},
        {"q": " "},
        {"q": "x" * 201},
        {"q": "a b c d e f g h i j k"},
        {"q": "a", "limit": "0"},
        {"q": "a", "limit": "51"},
    ],
)
def test_what_cannot_be_searched_is_refused(client: TestClient, asked: dict[str, str]) -> None:
    problem(client.get("/api/search", params=asked), 422, "InvalidRequest")
