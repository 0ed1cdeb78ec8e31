"""The internals of the demo's Dallas prompt over HTTP: as arrays, by link, by head; and what is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from fastapi.testclient import TestClient

from api.client.arrays import array_of
from api.client.places import Places
from api.explorer import Explorer
from api.http.app import create_app
from api.server import open_explorer
from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.parts import compute
from ingest.attribution.internals.prompt import prompt_run
from ingest.internals.file import write_internals
from ingest.jobs.examples import FOLDER
from ingest.worker.handover import read_graph
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.internals.findings import LinkPathsFound, LinkQuestion
from queries.internals.records import PARTS, InternalsParameters
from tests.support.api import problem

pytestmark = pytest.mark.slow

DALLAS, OTHER = (read_graph(file) for file in sorted(FOLDER.glob("*.npz"))[:2])
ID, N = DALLAS.record.id, len(DALLAS.record.tokens)
URL = f"/api/graphs/{ID}/internals"


@pytest.fixture(scope="module")
def explorer(loaded: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Explorer]:
    """Two of the demo's graphs, one with its internals; no job is run."""
    folder = tmp_path_factory.mktemp("inside")
    with open_explorer(Places(folder / "data"), run_jobs=False) as explorer:
        for graph in (DALLAS, OTHER):
            explorer.store.load(graph)
        with prompt_run(loaded, DALLAS) as run:
            found = compute(run, InternalsParameters(), lambda *_: None)
        record = found.internals.record
        file = folder / "file"
        write_internals(file, record, found.findings, found.arrays)
        explorer.internals.folder.keep(record.id, file)
        explorer.store.put_internals(DALLAS, found.internals)
        yield explorer


@pytest.fixture(scope="module")
def client(explorer: Explorer) -> Iterator[TestClient]:
    with TestClient(
        create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        yield client


def answer(client: TestClient, path: str = "", **query: Any) -> Any:
    found = client.get(URL + path, params=query)
    assert found.status_code == 200, found.text
    return found.json()


def values(numbers: Any) -> npt.NDArray[np.float32]:
    return array_of(numbers)


def ends(graph: AttributionGraph, token: str, kind: NodeKind) -> str:
    nodes = graph.nodes
    node = next(node for node in nodes.of_kind(kind) if nodes.token[node] == token)
    return str(nodes.keys(graph.record.id)[node])


SOURCE, TARGET = ends(DALLAS, " Dallas", NodeKind.EMBEDDING), ends(DALLAS, " Austin", NodeKind.LOGIT)


def test_the_summary_says_all_but_the_arrays_of_positions(client: TestClient) -> None:
    found = answer(client)
    assert (found["graph"], found["n_layers"], found["n_heads"]) == (ID, 4, 4)
    assert (found["target"], found["foil"], found["position"]) == (" Austin", " Texas", N - 1)
    assert found["parts"] == list(PARTS) and found["missing"] == {}
    assert found["tokens"] == DALLAS.record.tokens
    assert found["predictions"][-1][0]["token"] == " Austin"
    assert found["baseline"] == {"kind": "token", "token": "<pad>", "keeps_bos": True}
    change = found["value"] - found["baseline_value"]
    assert sum(found["token_attribution"]) == pytest.approx(change, rel=0.01)
    for maps, n_maps in (("maps", 12), ("maps_without_first", 6)):
        assert len(found[maps]) == n_maps
        assert all(values(each).shape == (4, 4) for each in found[maps].values())
    nodes = found["sankey"]["nodes"]
    assert {"position", "head", "for", "against"} <= {node["kind"] for node in nodes}
    for place, node in enumerate(nodes):
        if node["kind"] in ("head", "other heads"):
            into, out = (
                sum(link["value"] for link in found["sankey"]["links"] if link[end] == place)
                for end in ("target", "source")
            )
            assert into == pytest.approx(out)


def test_a_layers_heads_are_those_of_one(client: TestClient) -> None:
    for kind in ("standard", "value-weighted", "info-weighted", "logit"):
        grid = answer(client, "/layers/2", kind=kind)
        heads = values(grid["patterns"])
        assert heads.shape == (4, N, N) and grid["patterns"]["dtype"] == "int8"
        for number in range(4):
            head = answer(client, f"/heads/2/{number}", kind=kind)
            pattern = values(head["pattern"])
            np.testing.assert_allclose(heads[number], pattern, atol=grid["patterns"]["scale"] / 2 + 1e-6)
            assert not np.triu(pattern, 1).any(), "no query sees a later key"
            assert head["lines"] is None
    standard = values(answer(client, "/heads/2/2")["pattern"])
    np.testing.assert_allclose(standard.sum(-1), 1.0, atol=2e-3)
    weighted = answer(client, "/heads/2/2", kind="value-weighted")
    norm = values(weighted["value_norm"])
    np.testing.assert_allclose(values(weighted["pattern"]), standard * norm / norm.max(), rtol=1e-5)


def test_lines_are_the_scores_that_softmax_got(client: TestClient) -> None:
    lines = answer(client, "/heads/2/2", query=N - 1)["lines"]
    q, k, products, dot, score, pattern = (
        values(lines[name]) for name in ("q", "k", "products", "dot", "score", "pattern")
    )
    assert (q.shape, k.shape, score.shape) == ((32,), (N, 32), (N,))
    np.testing.assert_allclose(products, q * k, rtol=1e-5)
    np.testing.assert_allclose(dot, products.sum(1), rtol=1e-4)
    softmax = np.exp(score - score.max())
    np.testing.assert_allclose(softmax / softmax.sum(), pattern, atol=5e-3)


def test_components_are_the_logit(client: TestClient) -> None:
    found = answer(client, "/components")
    np.testing.assert_allclose(values(found["values"]).sum(0), values(found["logit"]), rtol=1e-4)
    assert len(found["names"]) == len(values(found["values"])) == 3 + 4 * 6
    assert found["towards"][-1] == " Austin" and found["error"] < 1e-5


def test_flow_is_of_all_layers_or_one(client: TestClient) -> None:
    signed = answer(client, "/flow", measure="signed")
    shares = values(signed["values"])
    assert shares.shape == (4, 2, N, N + 1) and signed["layers"] == [0, 1, 2, 3]
    np.testing.assert_allclose(shares.sum(-1), 1.0, atol=1e-5)
    one = answer(client, "/flow", measure="signed", layer=2)
    np.testing.assert_array_equal(values(one["values"])[0], shares[2])
    assert (values(answer(client, "/flow")["values"]) >= 0).all()


def test_head_edges_come_by_size(client: TestClient) -> None:
    found = answer(client, "/head-edges", limit=10)
    weights = [abs(edge["weight"]) for edge in found["edges"]]
    assert found["whole"] and len(weights) == 10 and weights == sorted(weights, reverse=True)
    for edge in found["edges"]:
        assert edge["source_layer"] < edge["target_layer"]
        assert edge["weight"] == pytest.approx(edge["query"] + edge["key"] + edge["value"], rel=1e-4)


def test_a_link_is_what_its_heads_carried(client: TestClient) -> None:
    found = answer(client, "/link", source=SOURCE, target=TARGET)
    parts = [found["direct"], found["rest"], *(head["weight"] for head in found["heads"])]
    edge = next(
        weight
        for source, target, weight in zip(
            DALLAS.edges.source, DALLAS.edges.target, DALLAS.edges.weight, strict=True
        )
        if (DALLAS.nodes.keys(ID)[source], DALLAS.nodes.keys(ID)[target]) == (SOURCE, TARGET)
    )
    assert sum(parts) == pytest.approx(found["weight"]) == pytest.approx(edge)
    best = found["heads"][0]
    assert (best["layer"], best["head"], best["query"]) == (2, 2, N - 1)
    assert DALLAS.record.tokens[best["key"]] == " Dallas" and best["attention"] == pytest.approx(
        1.0, abs=1e-3
    )
    assert found["paths"] is None
    assert answer(client, "/link", source="token:Dallas", target=TARGET.removeprefix(f"{ID}/")) == found


def test_a_heads_links_say_what_it_carried_of_each(client: TestClient) -> None:
    found = answer(client, "/heads/2/2/links")
    assert len(found["links"]) == found["n_links"]
    (own,) = [each for each in found["links"] if (each["source"], each["target"]) == (SOURCE, TARGET)]
    link = answer(client, "/link", source=SOURCE, target=TARGET)
    assert own["weight"] == pytest.approx(link["heads"][0]["weight"])
    assert own["link_weight"] == pytest.approx(link["weight"])
    for sums in ("reads", "writes"):
        whole = sum(each["weight"] for each in found[sums])
        assert whole == pytest.approx(sum(each["weight"] for each in found["links"]))
    assert len(answer(client, "/heads/2/2/links", limit=1)["links"]) == 1


def test_the_export_is_what_a_notebook_reads(client: TestClient) -> None:
    found = answer(client, "/export")
    assert (found["target_token"], found["target_position"]) == (" Austin", N)
    attribution = values(answer(client)["maps"]["attribution"])
    assert found["head_attribution"]["L2_H2"] == pytest.approx(float(attribution[2, 2]))


def test_an_answer_that_is_known_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"{URL}/flow")
    tag = first.headers["etag"]
    again = client.get(f"{URL}/flow", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{URL}/flow", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_answer_to_a_question_is_shown_once_it_is_there(
    client: TestClient, explorer: Explorer, tmp_path: Path
) -> None:
    question = LinkQuestion(source=SOURCE, target=TARGET)
    found = LinkPathsFound(
        **question.model_dump(exclude={"kind"}),
        weight=1.0,
        direct=1.0,
        heads=[],
        rest=0.0,
        past=[1.0],
        sums_error=0.0,
        layers_error=0.0,
    )
    (tmp_path / "answer").write_text(found.model_dump_json())
    folder = explorer.internals.folder
    folder.keep_answer(explorer.internals.record(ID).id, question, tmp_path / "answer")
    assert answer(client, "/link", source=SOURCE, target=TARGET)["paths"] == found.model_dump()


def test_what_is_not_there_is_said(client: TestClient) -> None:
    other = f"/api/graphs/{OTHER.record.id}/internals"
    assert "they were not computed" in problem(client.get(other), 404, "InternalsNotComputed")
    problem(
        client.post(f"{other}/cell", json={"layer": 0, "head": 0, "query": 1, "key": 0}),
        404,
        "InternalsNotComputed",
    )
    problem(client.get("/api/graphs/none/internals"), 404, "GraphNotFound")
    asked = client.get(f"{URL}/cell", params={"layer": 2, "head": 2, "query": 3, "key": 1})
    assert "this was not asked yet" in problem(asked, 404, "InternalsNotComputed")
    cost = client.get(f"{other}/cost").json()
    assert (cost["n_tokens"], cost["why_not"], cost["seconds"]) == (len(OTHER.record.tokens), None, None)
    assert (cost["computed"], client.get(f"{URL}/cost").json()["computed"]) == (False, True)


@pytest.mark.parametrize(
    ("path", "query", "why"),
    [
        ("/heads/4/0", {}, "layer: there is no layer 4; they are 0 to 3"),
        ("/heads/0/9", {}, "head: there is no head 9; they are 0 to 3"),
        ("/heads/2/2", {"query": 99}, f"query: there is no position 99; they are 0 to {N - 1}"),
        ("/layers/7", {}, "layer: there is no layer 7"),
        ("/flow", {"layer": 4}, "layer: there is no layer 4"),
        ("/link", {"source": "x", "target": TARGET}, "source: 'x' is not one of"),
        ("/link", {"source": "token:Dallas", "target": "layer:3"}, "target: 'layer:3' names"),
        ("/link", {"source": TARGET, "target": SOURCE}, "target: the graph has no link from"),
    ],
)
def test_what_there_cannot_be_is_refused(
    client: TestClient, path: str, query: dict[str, Any], why: str
) -> None:
    assert why in problem(client.get(URL + path, params=query), 422, "InvalidRequest")


def test_jobs_are_queued_or_refused(client: TestClient) -> None:
    asked: tuple[tuple[str, dict[str, Any]], ...] = (
        ("", {}),
        ("", {"parts": ["tokens"], "target": " Austin"}),
        ("/link", {"source": SOURCE, "target": TARGET}),
        ("/cell", {"layer": 2, "head": 2, "query": N - 1, "key": 3}),
    )
    for path, body in asked:
        job = client.post(URL + path, json=body)
        assert job.status_code == 202, job.text
        told = client.get(f"/api/jobs/{job.json()['id']}").json()
        assert (told["kind"], told["state"], told["graph_id"]) == ("internals", "queued", ID)
    refused: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("", {"position": N}, f"position: there is no position {N}"),
        ("", {"parts": []}, "parts"),
        ("", {"parts": ["all"]}, "parts"),
        ("/link", {"source": TARGET, "target": TARGET}, "source: a node of the kind logit is no source"),
        ("/cell", {"layer": 2, "head": 2, "query": 1, "key": 2}, "key: the query 1 sees no later position"),
    )
    for path, body, why in refused:
        assert why in problem(client.post(URL + path, json=body), 422, "InvalidRequest")


def test_they_are_deleted_with_their_file(client: TestClient, explorer: Explorer) -> None:
    internals_id = explorer.internals.record(ID).id
    assert explorer.internals.folder.has(internals_id)
    assert client.delete(URL).status_code == 204
    assert not explorer.internals.folder.has(internals_id)
    problem(client.get(URL), 404, "InternalsNotComputed")
    problem(client.delete(URL), 404, "InternalsNotComputed")
    assert client.get(f"/api/graphs/{ID}").status_code == 200
