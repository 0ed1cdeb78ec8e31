"""One attention head across graphs, over HTTP."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from queries.internals.records import STATISTICS
from tests.queries.internals.samples import internals_of
from tests.support.api import problem


@pytest.fixture
def known(client: TestClient, pair: tuple[str, str]) -> tuple[str, str]:
    """Two graphs whose prompts have internals, of the model `a/model`; head 1.2 matters most in the second."""
    assert isinstance(client.app, FastAPI)
    explorer = client.app.state.explorer
    for number, graph_id in enumerate(pair):
        graph = explorer.graph(graph_id)
        internals = internals_of(graph, f"{graph_id}-{number}", seed=number)
        internals.heads.statistics["attribution"][5] = (1.5, -2.5)[number]
        explorer.store.put_internals(graph, internals)
    return pair


def test_a_head_is_told_of_every_graph(client: TestClient, known: tuple[str, str]) -> None:
    found = client.get("/api/heads/a%2Fmodel/1/2").json()
    assert (found["model"], found["layer"], found["head"]) == ("a/model", 1, 2)
    assert [(graph["id"], graph["statistics"]["attribution"]) for graph in found["graphs"]] == [
        (known[1], -2.5),
        (known[0], 1.5),
    ]
    assert set(found["graphs"][0]["statistics"]) == set(STATISTICS)
    assert found["graphs"][0]["statistics"]["ablation"] is None, "it is not known"
    assert [revision["model_revision"] for revision in found["revisions"]] == ["r@1"]


@pytest.mark.parametrize(
    ("path", "status", "error", "says"),
    [
        ("/api/heads/a%2Fmodel/1/3", 404, "HeadNotFound", "head 1.3 of 'a/model'"),
        ("/api/heads/a/1/2", 404, "HeadNotFound", "head 1.2 of 'a'"),
        ("/api/heads/a/model/1/2", 404, "UnescapedName", "/api/heads/MODEL/LAYER/HEAD"),
        ("/api/heads/a%2Fmodel/1/x", 422, "InvalidRequest", "head: "),
    ],
)
def test_a_head_that_is_not_there(
    client: TestClient, known: tuple[str, str], path: str, status: int, error: str, says: str
) -> None:
    assert known
    assert says in problem(client.get(path), status, error)
