"""One feature across graphs, over HTTP."""

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.support.api import problem


def feature_path(model: str, transcoder_set: str, layer: int | str = 0, index: int | str = 2) -> str:
    return f"/api/features/{quote(model, safe='')}/{quote(transcoder_set, safe='')}/{layer}/{index}"


def test_a_feature_is_found_across_graphs(client: TestClient, pair: tuple[str, str]) -> None:
    found = client.get(feature_path("google/tiny", "a/b")).json()
    assert {name: found[name] for name in ("model", "transcoder_set", "layer", "index")} == {
        "model": "google/tiny",
        "transcoder_set": "a/b",
        "layer": 0,
        "index": 2,
    }
    assert found["explanations"] == [], "a file's label is its node's, never an explanation"
    nodes = {graph["id"]: graph["nodes"] for graph in found["graphs"]}
    assert nodes.keys() == set(pair)
    (node,) = nodes[pair[1]]
    assert (node["key"], node["position"], node["token"]) == (f"{pair[1]}/feature/0/1/2", 1, " Oakland")
    assert (node["label"], node["activation"]) == ("a state", 2.0)
    assert node["node_influence"] > 0


def test_a_slash_in_a_name_must_be_escaped(client: TestClient, pair: tuple[str, str]) -> None:
    assert pair
    said = problem(client.get("/api/features/google/tiny/a%2Fb/0/2"), 404, "UnescapedName")
    assert "%2F" in said and "/api/features/google/tiny/a%2Fb/0/2" in said


@pytest.mark.parametrize(
    ("path", "status", "error", "says"),
    [
        (feature_path("google/tiny", "a/b", index=3), 404, "FeatureNotFound", "feature 3 of layer 0"),
        (feature_path("google", "tiny"), 404, "FeatureNotFound", "'google' and 'tiny'"),
        (feature_path("google/tiny", "a/b", layer="x"), 422, "InvalidRequest", "layer: "),
        ("/api/features/google/2", 404, "NotFound", "/api/features/google/2"),
    ],
)
def test_a_feature_that_is_not_there(
    client: TestClient, pair: tuple[str, str], path: str, status: int, error: str, says: str
) -> None:
    assert pair
    assert says in problem(client.get(path), status, error)
