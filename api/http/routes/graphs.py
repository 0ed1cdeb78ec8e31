"""Stored graphs: list, import, prune again, read as columns, delete."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http.answers import graphs as answers
from api.http.answers.graphs import (
    EdgesAnswer,
    GraphAnswer,
    GraphsAnswer,
    GraphsQuestion,
    ImportAnswer,
    ImportQuestion,
    LabelsQuestion,
    NodesAnswer,
    NodesQuestion,
)
from api.http.errors import documented
from api.http.routes.served import Served, Storing, json_response
from queries import errors
from queries.graph.records import Job, Thresholds

router = APIRouter(tags=["graphs"])

_GRAPH_FILE: dict[str, Any] = {
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": {"type": "object", "title": "Graph file"}}},
    }
}
_OF_A_GRAPH = documented(errors.GraphNotFound)


@router.get("/api/graphs", responses=documented(errors.CollectionNotFound))
def list_graphs(explorer: Served, asked: Annotated[GraphsQuestion, Query()]) -> GraphsAnswer:
    """The stored graphs, a page at a time, without what imported files said beyond their fields (`metadata`)."""
    found = explorer.store.graphs(asked.limit + 1, asked.place, asked.listed, asked.collection)
    return answers.graphs_page(found, asked)


@router.post(
    "/api/graphs/import",
    status_code=201,
    responses={
        200: {"model": ImportAnswer, "description": "It was stored before"},
        **documented(
            errors.InvalidGraph,
            errors.ReadOnlyDataSet,
            errors.StorageFull,
            errors.WorkerUnavailable,
            errors.TraceFailed,
            errors.TracesUnavailable,
            errors.SourceUnavailable,
        ),
    },
    openapi_extra=_GRAPH_FILE,
)
async def import_graph(
    explorer: Storing, request: Request, response: Response, asked: Annotated[ImportQuestion, Query()]
) -> ImportAnswer:
    """Store a graph file as Neuronpedia and circuit-tracer write it: the body itself, as it is or gzipped, or fetched.

    A file of more than a million links, or with thresholds, is pruned, and its whole trace kept.
    """
    content = request.stream() if asked.source is None else explorer.fetched(asked.source)
    found = await explorer.import_graph(content, asked.options, asked.thresholds, asked.collection)
    if found.known:
        response.status_code = 200
    return answers.imported(found)


@router.post(
    "/api/graphs/{graph_id}/prune",
    status_code=202,
    responses=documented(
        errors.GraphNotFound,
        errors.ReadOnlyDataSet,
        errors.TraceNotKept,
        errors.TracesUnavailable,
        errors.StorageFull,
    ),
)
def prune_graph(explorer: Storing, graph_id: str, thresholds: Thresholds) -> Job:
    """Prune the trace that a graph was pruned from again, with other thresholds, without the model.

    The job makes another graph; the same thresholds make the same graph.
    """
    return explorer.queue.prune(graph_id, thresholds)


@router.get("/api/graphs/{graph_id}", responses=_OF_A_GRAPH)
def get_graph(explorer: Served, graph_id: str, asked: Annotated[LabelsQuestion, Query()]) -> GraphAnswer:
    """One graph's record, the collections that it is in, and by what its paths are grouped unless somebody says."""
    record, graph = explorer.store.record(graph_id), explorer.graph(graph_id, asked.labels)
    return answers.graph(record, graph, explorer.store.collections.of(graph_id))


@router.delete(
    "/api/graphs/{graph_id}",
    status_code=204,
    responses=documented(errors.GraphNotFound, errors.ReadOnlyDataSet, errors.StorageFull),
)
def delete_graph(explorer: Storing, graph_id: str) -> None:
    """Delete a graph, and what no other graph uses."""
    explorer.delete(graph_id)


@router.get("/api/graphs/{graph_id}/nodes", response_model=NodesAnswer, responses=_OF_A_GRAPH)
def get_nodes(explorer: Served, graph_id: str, asked: Annotated[NodesQuestion, Query()]) -> Response:
    """The graph's nodes, as columns."""
    return json_response(answers.nodes(explorer.graph(graph_id, asked.labels, asked.view)))


@router.get("/api/graphs/{graph_id}/edges", response_model=EdgesAnswer, responses=_OF_A_GRAPH)
def get_edges(explorer: Served, graph_id: str) -> Response:
    """The graph's direct effects, as columns."""
    return json_response(answers.edges(explorer.graph(graph_id)))
