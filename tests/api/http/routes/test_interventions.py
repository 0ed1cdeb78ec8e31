"""Predictions at once, what is stored, and what is refused, over HTTP; no model is needed for any of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.explorer import Explorer
from api.http.app import create_app
from api.server import open_explorer
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import Prediction
from queries.interventions.predictions import predict
from tests.queries.interventions.samples import faithfulness, intervention, verification
from tests.support.api import problem
from tests.support.graphs import make_graph

WEIGHTS = {(0, 2): 1.0, (1, 2): 1.0, (2, 3): 0.5, (2, 4): 1.0, (3, 4): -2.0, (3, 5): 1.0}


def graph(graph_id: str, **record: Any) -> AttributionGraph:
    fields = {
        "tokens": ["<bos>", "Dallas"],
        "prediction": Prediction(token="Austin", probability=0.9),
        **record,
    }
    return make_graph("EEFFLL", WEIGHTS, id=graph_id, name=graph_id, labels={2: "Texas"}, **fields)


ONE = graph("one")
KEYS = ONE.nodes.keys("one", ONE.nodes.of_kind(NodeKind.FEATURE))


@pytest.fixture(scope="module")
def explorer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explorer]:
    with open_explorer(Places(tmp_path_factory.mktemp("data")), run_jobs=False) as explorer:
        explorer.store.load(ONE)
        explorer.store.load(
            graph(
                "two", tokens=["<bos>", "Oakland"], prediction=Prediction(token="Sacramento", probability=0.5)
            )
        )
        explorer.store.load(graph("three", tokens=["a", "b", "c", "d", "e"]))
        explorer.store.load(graph("directed", attribution_targets=[{"name": "a direction", "weight": 1.0}]))
        explorer.store.add_intervention(intervention("one", KEYS))
        parts = [faithfulness("sequences"), faithfulness("graph", in_model=0.9)]
        explorer.store.put_verification(verification("one", KEYS, faithfulness=parts))
        yield explorer


@pytest.fixture(scope="module")
def client(explorer: Explorer) -> Iterator[TestClient]:
    with TestClient(
        create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        yield client


def ask(client: TestClient, *changes: dict[str, Any], graph_id: str = "one", to: str = "predict") -> Any:
    return client.post(f"/api/graphs/{graph_id}/{to}", json={"changes": list(changes)})


def test_a_prediction_comes_at_once(client: TestClient) -> None:
    answer = ask(client, {"nodes": ["label:Texas"]})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [(one["key"], one["before"], one["value"]) for one in body["changes"]] == [(KEYS[0], 0.75, 0.0)]
    expected = predict(ONE, {2: 0.0})
    assert body["predicted"]["effects"] == pytest.approx([expected[4], expected[5]])
    assert [one["token"] for one in body["predicted"]["targets"]] == ["token 4", "token 5"]
    assert "Unknown model 'model'" in body["why_not_tested"]


def test_a_donor_lends_what_a_graph_has_not(client: TestClient) -> None:
    (donor,) = client.get("/api/graphs/one/donors").json()["donors"]
    assert (donor["id"], donor["positions"], donor["n_shared"], donor["n_different"]) == ("two", [1], 2, 0)
    assert donor["prediction"]["token"] == "Sacramento"
    assert "they change nothing" in problem(
        ask(client, {"op": "transplant", "donor": "two", "part": "whole"}), 422, "InvalidRequest"
    )
    assert client.get("/api/graphs/three/donors").json() == {"donors": []}


@pytest.mark.parametrize("to", ["predict", "interventions"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"nodes": ["label:Utah"]}, "nodes: 'label:Utah' names nothing here; there are 'Texas'"),
        ({"nodes": ["logits"]}, "nodes: only feature nodes can be changed"),
        ({"op": "transplant", "donor": "three", "part": "whole"}, "donor: cannot be aligned"),
        ({"op": "scale", "nodes": ["label:Texas"], "factor": 6}, "changes.0.factor"),
        ({"nodes": []}, "changes.0: name nodes to change"),
    ],
)
def test_what_cannot_be_changed_says_so(
    client: TestClient, to: str, change: dict[str, Any], why: str
) -> None:
    assert why in problem(ask(client, change, to=to), 422, "InvalidRequest")


def test_what_is_not_there_is_not_found(client: TestClient) -> None:
    change = {"nodes": ["label:Texas"]}
    for answer in (
        *(ask(client, change, graph_id="none", to=to) for to in ("predict", "interventions")),
        ask(client, {"op": "transplant", "donor": "none", "part": "whole"}),
        *(
            client.get(f"/api/graphs/none/{part}")
            for part in ("interventions", "verification", "verifications", "donors")
        ),
        client.post("/api/graphs/none/verify", json={}),
    ):
        assert "There is no graph 'none'." in problem(answer, 404, "GraphNotFound")
    problem(client.get("/api/interventions/none"), 404, "InterventionNotFound")
    problem(client.delete("/api/interventions/none"), 404, "InterventionNotFound")
    said = problem(client.get("/api/graphs/one/verification?group_by=layer"), 404, "VerificationNotFound")
    assert said == "The graph 'one' has not been verified in groups by layer."
    said = problem(client.get("/api/graphs/two/verification"), 404, "VerificationNotFound")
    assert said == "The graph 'two' has not been verified."


def test_a_test_needs_the_graphs_model(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ask(client, {"nodes": ["label:Texas"]}, to="interventions")
    problem(asked, 404, "UnknownModel")
    problem(client.post("/api/graphs/one/verify", json={}), 404, "UnknownModel")
    monkeypatch.setattr("ingest.jobs.queue.can_trace", lambda: False)
    said = problem(ask(client, {"nodes": ["label:Texas"]}, to="interventions"), 503, "WorkerUnavailable")
    assert said.startswith("Testing needs the model, which this server has not: it predicts")
    assert ask(client, {"nodes": ["label:Texas"]}).json()["why_not_tested"] == said
    assert client.get("/api/graphs/one/verifications").json()["why_not_tested"] == said
    assert client.get("/api/graphs/one/interventions").json()["interventions"]


def test_a_graph_of_directions_is_refused(client: TestClient) -> None:
    for answer in (
        ask(client, {"nodes": ["label:Texas"]}, graph_id="directed"),
        client.post("/api/graphs/directed/verify", json={}),
    ):
        assert "its targets are directions" in problem(answer, 422, "InvalidRequest")


def test_stored_tests_are_told_and_one_is_deleted(client: TestClient, explorer: Explorer) -> None:
    expected = intervention("one", KEYS).model_dump(mode="json")
    assert client.get("/api/graphs/one/interventions").json() == {"interventions": [expected]}
    assert client.get("/api/interventions/i-one").json() == expected
    found = client.get("/api/graphs/one/verification").json()
    assert found == explorer.store.verifications("one")[0].model_dump(mode="json")
    assert client.get("/api/graphs/one/verification?group_by=label").json() == found
    assert client.get("/api/graphs/one/verifications").json()["verifications"] == [found]
    assert client.get("/api/graphs/two/verifications").json()["verifications"] == []
    explorer.store.add_intervention(intervention("one", KEYS, id="second"))
    assert client.delete("/api/interventions/second").status_code == 204
    assert client.get("/api/graphs/one/interventions").json() == {"interventions": [expected]}


def test_graphs_are_sorted_and_filtered_by_their_faithfulness(client: TestClient) -> None:
    listed = client.get("/api/graphs", params={"order": "faithfulness", "limit": 2}).json()
    assert listed["graphs"][0]["id"] == "one"
    assert (listed["graphs"][0]["faithfulness"], listed["graphs"][0]["faithfulness_random"]) == (0.9, 0.125)
    rest = client.get("/api/graphs", params={"order": "faithfulness", "after": listed["next"]}).json()
    ids = [one["id"] for one in (*listed["graphs"], *rest["graphs"])]
    assert sorted(ids) == ["directed", "one", "three", "two"] and rest["next"] is None
    assert [one["id"] for one in client.get("/api/graphs?min_faithfulness=0.9").json()["graphs"]] == ["one"]
    assert client.get("/api/graphs?min_faithfulness=0.91").json()["graphs"] == []
    page = client.get("/api/graphs?limit=1").json()["next"]
    problem(client.get("/api/graphs", params={"order": "faithfulness", "after": page}), 422, "InvalidRequest")
    assert client.get("/api/graphs/one").json()["faithfulness"] == 0.9
