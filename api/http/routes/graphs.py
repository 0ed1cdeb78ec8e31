"""Stored graphs: list, import, prune again, read as columns, delete."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http.answers import graphs as answers
from api.http.answers.graphs import EdgesAnswer, GraphsAnswer, ImportAnswer, ImportQuestion, NodesAnswer
from api.http.routes.served import Served, json_response
from queries.graph.records import GraphRecord, Job, Thresholds

router = APIRouter(tags=["graphs"])

_GRAPH_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "title": "Graph file"}}},
    }
}


@router.get("/api/graphs")
def list_graphs(explorer: Served) -> GraphsAnswer:
    """The stored graphs."""
    return GraphsAnswer(graphs=explorer.store.graphs())


@router.post(
    "/api/graphs/import",
    status_code=201,
    responses={200: {"model": ImportAnswer, "description": "It was stored before"}},
    openapi_extra=_GRAPH_FILE,
)
async def import_graph(
    explorer: Served, request: Request, response: Response, asked: Annotated[ImportQuestion, Query()]
) -> ImportAnswer:
    """Store a graph file as Neuronpedia and circuit-tracer write it, sent as the body itself, as it is or gzipped.

    A file of more than a million links, or with thresholds, is pruned, and its whole trace kept.
    """
    found = await explorer.import_graph(request.stream(), asked.options, asked.thresholds)
    if found.known:
        response.status_code = 200
    return answers.imported(found)


@router.post("/api/graphs/{graph_id}/prune", status_code=202)
def prune_graph(explorer: Served, graph_id: str, thresholds: Thresholds) -> Job:
    """Prune the trace that a graph was pruned from again, with other thresholds, without the model.

    The job makes another graph; the same thresholds make the same graph.
    """
    return explorer.queue.prune(graph_id, thresholds)


@router.get("/api/graphs/{graph_id}")
def get_graph(explorer: Served, graph_id: str) -> GraphRecord:
    """One graph's record."""
    return explorer.store.record(graph_id)


@router.delete("/api/graphs/{graph_id}", status_code=204)
def delete_graph(explorer: Served, graph_id: str) -> None:
    """Delete a graph, and what no other graph uses."""
    explorer.delete(graph_id)


@router.get("/api/graphs/{graph_id}/nodes", response_model=NodesAnswer)
def get_nodes(explorer: Served, graph_id: str) -> Response:
    """The graph's nodes, as columns."""
    return json_response(answers.nodes(explorer.graph(graph_id)))


@router.get("/api/graphs/{graph_id}/edges", response_model=EdgesAnswer)
def get_edges(explorer: Served, graph_id: str) -> Response:
    """The graph's direct effects, as columns."""
    return json_response(answers.edges(explorer.graph(graph_id)))
