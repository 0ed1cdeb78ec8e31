"""Explanations of a stored graph's features, over HTTP: found out, or given; and what is kept beside them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from queries.errors import InvalidRequest
from tests.support.api import imported, problem
from tests.support.neuronpedia.site import Site, always, answer, entry, served
from tests.support.processes import write_graph

SOURCE = "0-gemmascope-transcoder-16k"
PAGE = "/api/features/gemma-2-2b/gemmascope-transcoder-16k/0/2"


def write_gemma(path: Path, label: str = "", **changes: Any) -> Path:
    """A graph with feature 2 of layer 0 of a set that Neuronpedia knows."""
    write_graph(path, path.stem, **changes)
    content = json.loads(path.read_text())
    content["metadata"] |= {
        "scan": "gemma-2-2b",
        "info": {"transcoder_set": "mwhanna/gemma-scope-transcoders"},
    }
    content["nodes"][1]["clerp"] = label
    path.write_text(json.dumps(content))
    return path


@pytest.fixture
def site() -> Iterator[Site]:
    known = Site()
    known.add(entry(SOURCE, 2))
    with served(known):
        yield known


@pytest.fixture
def client(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("CIRCUIT_EXPLORER_NEURONPEDIA", site.url)
    with (
        open_explorer(Places(tmp_path / "data"), run_jobs=False) as explorer,
        TestClient(
            create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client,
    ):
        yield client


def label(client: TestClient, graph: str, rule: str = "made") -> str | None:
    """The label of the graph's one feature node."""
    found: str | None = client.get(f"/api/graphs/{graph}/nodes", params={"labels": rule}).json()["label"][1]
    return found


def test_an_imported_graph_is_annotated_with_every_graph_of_its_features(
    client: TestClient, site: Site, tmp_path: Path
) -> None:
    one = imported(client, write_gemma(tmp_path / "one.json"))
    two = imported(client, write_gemma(tmp_path / "two.json", weight=2.5))["id"]
    assert (one["n_labelled_nodes"], label(client, two)) == (0, None)
    report = client.post(f"/api/graphs/{one['id']}/annotate").json()
    assert (report["n_features"], report["n_explained"], report["n_left"]) == (1, 1, 0)
    assert label(client, one["id"]) == label(client, two) == f"{SOURCE} 2"
    assert client.get(f"/api/graphs/{one['id']}").json()["n_labelled_nodes"] == 1
    assert client.post(f"/api/graphs/{two}/annotate").json()["n_explained"] == 1
    assert site.ways() == ["batch"]
    assert client.get(f"/api/graphs/{two}").json()["n_labelled_nodes"] == 1
    found = client.get(PAGE).json()
    assert [said["text"] for said in found["explanations"]] == [f"{SOURCE} 2", "~ Texas"]
    assert found["page"] == f"{site.url}/gemma-2-2b/{SOURCE}/2"
    assert found["facts"]["origin"] == "batch" and found["facts"]["density"] == 0.001
    assert found["facts"]["examples"][0]["tokens"] == ["in", " Texas"]


def test_with_neuronpedia_away_the_graph_is_there_and_says_so(
    client: TestClient, site: Site, tmp_path: Path
) -> None:
    graph = imported(client, write_gemma(tmp_path / "one.json"))["id"]
    site.faults |= dict.fromkeys(("batch", "feature", "page"), always(answer(500)))
    report = client.post(f"/api/graphs/{graph}/annotate?seconds=60").json()
    assert (report["n_explained"], report["n_left"]) == (0, 1) and report["problems"]
    assert label(client, graph) is None
    found = client.get(PAGE).json()
    assert (found["facts"], found["explanations"]) == (None, [])
    site.faults.clear()
    assert client.post(f"/api/graphs/{graph}/annotate").json()["n_left"] == 0
    assert label(client, graph) == f"{SOURCE} 2"


def test_what_people_say_wins_and_is_stored_once(client: TestClient, tmp_path: Path) -> None:
    graph = imported(client, write_gemma(tmp_path / "one.json"))["id"]
    client.post(f"/api/graphs/{graph}/annotate")
    given = [
        {"layer": 0, "index": 2, "text": " Texas "},
        {"layer": 0, "index": 2, "text": f"{SOURCE} 2", "author": "unknown", "type": "unknown"},
        {"layer": 1, "index": 2, "text": "of no node"},
    ]
    path = f"/api/graphs/{graph}/explanations"
    assert client.post(path, json={"explanations": given}).json() == {
        "n_stored": 1,
        "n_known": 1,
        "n_elsewhere": 1,
    }
    assert label(client, graph) == "Texas"
    assert client.post(path, json={"explanations": given}).json()["n_stored"] == 0
    types = [said["type"] for said in client.get(PAGE).json()["explanations"]]
    assert types == ["person", "np_max-act", "top-logits"]
    blank = {"layer": 0, "index": 2, "text": "  "}
    assert "no words" in problem(client.post(path, json={"explanations": [blank]}), 422, "InvalidRequest")


def test_a_feature_that_nobody_explained_gets_a_name_from_its_top_logits(
    client: TestClient, site: Site, tmp_path: Path
) -> None:
    site.add(entry(SOURCE, 2) | {"explanations": []})
    graph = imported(client, write_gemma(tmp_path / "one.json"))["id"]
    report = client.post(f"/api/graphs/{graph}/annotate").json()
    assert (report["n_explained"], report["n_left"]) == (0, 0)
    assert (label(client, graph), label(client, graph, "borrowed")) == ("~ Texas", None)
    assert client.get(f"/api/graphs/{graph}").json()["n_labelled_nodes"] == 0


def test_a_graph_that_is_not_there(client: TestClient) -> None:
    problem(client.post("/api/graphs/none/annotate"), 404, "GraphNotFound")
    said = {"explanations": [{"layer": 0, "index": 2, "text": "x"}]}
    problem(client.post("/api/graphs/none/explanations", json=said), 404, "GraphNotFound")


def test_an_address_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIRCUIT_EXPLORER_NEURONPEDIA", "yes")
    with pytest.raises(InvalidRequest, match="NEURONPEDIA"), open_explorer(Places(tmp_path), run_jobs=False):
        pass
