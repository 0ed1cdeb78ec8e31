"""One feature across graphs, over HTTP."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.support.api import imported, problem, write_pair


def feature_path(
    model: str, transcoder_set: str, layer: int | str = 0, index: int | str = 2, of: str = "features"
) -> str:
    return f"/api/{of}/{quote(model, safe='')}/{quote(transcoder_set, safe='')}/{layer}/{index}"


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


def nodes(client: TestClient, graph: str, **asked: str) -> dict[str, object]:
    """The label of the graph's first feature node, and where it is from."""
    found = client.get(f"/api/graphs/{graph}/nodes", params=asked).json()
    node = found["kind"].index("feature")
    return {"label": found["label"][node], "origin": found["label_origin"][node]}


def test_a_persons_label_wins_in_every_graph_and_can_be_taken_away(
    client: TestClient, pair: tuple[str, str]
) -> None:
    feature, its_label = (feature_path("google/tiny", "a/b", of=of) for of in ("features", "labels"))
    before = [nodes(client, graph) for graph in pair]
    assert before[1] == {"label": "a state", "origin": {"source": "graph", "by": None, "graph": None}}
    told = client.put(its_label, json={"text": " Lone Star ", "author": "ada"}).json()
    assert (told["label"], told["label_origin"]["source"]) == ("Lone Star", "person")
    for graph in pair:
        assert nodes(client, graph) == {
            "label": "Lone Star",
            "origin": {"source": "person", "by": "ada", "graph": None},
        }
    client.put(its_label, json={"text": "Lone Star State", "author": "ada"})
    assert [one["text"] for one in client.get(feature).json()["explanations"]] == ["Lone Star State"]
    assert client.delete(its_label, params={"author": "bob"}).status_code == 204
    assert nodes(client, pair[0])["label"] == "Lone Star State"
    assert client.delete(its_label, params={"author": "ada"}).status_code == 204
    assert [nodes(client, graph) for graph in pair] == before


def test_a_label_of_nothing_or_for_nothing_is_refused(client: TestClient, pair: tuple[str, str]) -> None:
    assert pair
    label = feature_path("google/tiny", "a/b", of="labels")
    assert "no words" in problem(client.put(label, json={"text": " "}), 422, "InvalidRequest")
    missing = feature_path("google/tiny", "a/b", index=3, of="labels")
    problem(client.put(missing, json={"text": "x"}), 404, "FeatureNotFound")
    problem(client.delete(missing), 404, "FeatureNotFound")
    problem(client.put("/api/labels/google/tiny/a%2Fb/0/2", json={"text": "x"}), 404, "UnescapedName")


def test_a_borrowed_label_groups_and_answers_tell_its_origin(client: TestClient, tmp_path: Path) -> None:
    _, file = write_pair(tmp_path)
    content = json.loads(file.read_text())
    content["metadata"]["info"]["transcoder_set"] = "a set of their own"
    file.write_text(json.dumps(content))
    labelled = imported(client, file)
    content["nodes"][1]["clerp"] = ""
    file.write_text(json.dumps(content))
    unlabelled = str(imported(client, file)["id"])
    found = nodes(client, unlabelled)
    assert found["label"] == "a state"
    assert found["origin"] == {"source": "borrowed", "by": labelled["name"], "graph": labelled["id"]}
    assert nodes(client, unlabelled, labels="own") == {"label": None, "origin": None}
    paths = f"/api/graphs/{unlabelled}/paths"
    (group,) = client.get(paths, params={"group_by": "label", "k": "1"}).json()["groups"]
    step = group["sequence"][1]
    assert (step["name"], step["label_sources"]) == ("a state", ["borrowed"])
    assert group["best_members"][0]["nodes"][1]["label_origin"]["graph"] == labelled["id"]
    (group,) = client.get(paths, params={"group_by": "label", "k": "1", "labels": "own"}).json()["groups"]
    assert (group["sequence"][1]["name"], group["sequence"][1]["label_sources"]) == (None, [])
    chosen = client.get(paths, params={"through": "label:a state", "labels": "own"})
    assert "a state" in problem(chosen, 422, "InvalidRequest")
    compared = client.get("/api/compare", params={"graphs": f"{unlabelled},{labelled['id']}"}).json()
    sources = [one["label_origin"]["source"] for one in compared["shared"][0]["in_graphs"]]
    assert sources == ["borrowed", "graph"]


def graphs_path(model: str, transcoder_set: str, index: int | str = 2) -> str:
    return f"{feature_path(model, transcoder_set, 0, index)}/graphs"


def test_the_graphs_of_a_feature_are_listed_in_pages(client: TestClient, pair: tuple[str, str]) -> None:
    path = graphs_path("google/tiny", "a/b")
    whole = client.get(path, params={"sort": "activation"}).json()
    assert {graph["id"] for graph in whole["graphs"]} == set(pair) and whole["next"] is None
    first = client.get(path, params={"sort": "activation", "limit": 1}).json()
    second = client.get(path, params={"sort": "activation", "limit": 1, "after": first["next"]}).json()
    assert [*first["graphs"], *second["graphs"]] == whole["graphs"] and second["next"] is None
    (node,) = next(graph["nodes"] for graph in whole["graphs"] if graph["id"] == pair[1])
    graph = next(graph for graph in whole["graphs"] if graph["id"] == pair[1])
    assert graph["tokens"][node["position"]] == node["token"] == " Oakland"


def test_a_page_in_another_order_is_refused(client: TestClient, pair: tuple[str, str]) -> None:
    assert pair
    path = graphs_path("google/tiny", "a/b")
    newest = client.get(path, params={"sort": "newest", "limit": 1}).json()["next"]
    said = problem(client.get(path, params={"sort": "influence", "after": newest}), 422, "InvalidRequest")
    assert "after: is not the `next` of a page" in said
    for asked in ({"sort": "name"}, {"limit": 0}, {"limit": 1001}, {"after": "x"}):
        problem(client.get(path, params=asked), 422, "InvalidRequest")


def test_the_graphs_of_a_feature_that_is_not_there(client: TestClient, pair: tuple[str, str]) -> None:
    assert pair
    problem(client.get(graphs_path("google/tiny", "a/b", 3)), 404, "FeatureNotFound")
    problem(client.get("/api/features/google/tiny/a%2Fb/0/2/graphs"), 404, "UnescapedName")
