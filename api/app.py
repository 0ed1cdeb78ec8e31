"""The HTTP application: `create_app` over an open store and, where prompts can be traced, a job queue."""

import os
from importlib.metadata import version
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from api import errors, events, guard, site, views
from api.explorer import Explorer
from api.models import (
    EdgesAnswer,
    GraphsAnswer,
    Health,
    JobsAnswer,
    ModelsAnswer,
    NodesAnswer,
    PathsAnswer,
)
from queries.records import GraphRecord, Job, JobRequest

DESCRIPTION = """Attribution graphs in a graph database: submit prompts, import graphs, rank their paths.

Every error is `{"error", "detail"}`: the fact's name and a sentence for people."""

_GRAPH_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "title": "Graph file"}}},
    }
}


def _operation_id(route: APIRoute) -> str:
    return route.name


def create_app(explorer: Explorer) -> FastAPI:
    """The application over `explorer`, whose start and end are the caller's."""
    app = FastAPI(
        title="Circuit Explorer",
        version=version("circuit-explorer"),
        description=DESCRIPTION,
        responses=errors.RESPONSES,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_operation_id,
        separate_input_output_schemas=False,
    )
    errors.install(app)
    guard.install(app, explorer.hosts)

    @app.get("/api/health", tags=["server"])
    def health() -> Health:
        """Who answers: the server's version, process, database and data folder."""
        return Health(
            status="ok",
            version=app.version,
            database=explorer.store.url,
            data=str(explorer.data),
            pid=os.getpid(),
        )

    @app.get("/api/models", tags=["jobs"])
    def models() -> ModelsAnswer:
        """The models and transcoder sets that a job may name."""
        return views.models(explorer.queue.models())

    @app.post("/api/jobs", status_code=202, tags=["jobs"])
    def submit_job(request: JobRequest) -> Job:
        """Queue a prompt: it is traced, pruned, annotated and loaded, and becomes a graph."""
        return explorer.queue.submit(request)

    @app.get("/api/jobs", tags=["jobs"])
    def list_jobs(limit: Annotated[int, Query(ge=1, le=1000)] = 50) -> JobsAnswer:
        """The newest jobs, with their phase and progress."""
        return JobsAnswer(jobs=explorer.queue.jobs(limit))

    @app.get("/api/jobs/{job_id}", tags=["jobs"])
    def get_job(job_id: str) -> Job:
        """One job: its phase and progress, its graph once done, its problem if it failed."""
        return explorer.queue.job(job_id)

    @app.get("/api/jobs/{job_id}/events", tags=["jobs"], response_class=events.EventStream)
    async def job_events(job_id: str) -> StreamingResponse:
        """Server-sent events, each a job as JSON: one now, one at each change, the last when it ends."""
        return await events.of_job(explorer.queue, job_id)

    @app.get("/api/graphs", tags=["graphs"])
    def list_graphs() -> GraphsAnswer:
        """The stored graphs."""
        return GraphsAnswer(graphs=explorer.store.graphs())

    @app.post("/api/graphs/import", status_code=201, tags=["graphs"], openapi_extra=_GRAPH_FILE)
    async def import_graph(
        request: Request,
        name: Annotated[str | None, Query(description="A name for a file that has none")] = None,
    ) -> GraphRecord:
        """Store a graph file as Neuronpedia and circuit-tracer write it, sent as the body itself."""
        return await explorer.import_graph(await request.body(), name)

    @app.get("/api/graphs/{graph_id}", tags=["graphs"])
    def get_graph(graph_id: str) -> GraphRecord:
        """One graph's record."""
        return explorer.store.record(graph_id)

    @app.delete("/api/graphs/{graph_id}", status_code=204, tags=["graphs"])
    def delete_graph(graph_id: str) -> None:
        """Delete a graph, and what no other graph uses."""
        explorer.delete(graph_id)

    @app.get("/api/graphs/{graph_id}/nodes", tags=["graphs"])
    def get_nodes(graph_id: str) -> NodesAnswer:
        """The graph's nodes, as columns."""
        return views.nodes(explorer.graph(graph_id))

    @app.get("/api/graphs/{graph_id}/edges", tags=["graphs"])
    def get_edges(graph_id: str) -> EdgesAnswer:
        """The graph's direct effects, as columns."""
        return views.edges(explorer.graph(graph_id))

    @app.get("/api/graphs/{graph_id}/paths", tags=["graphs"])
    def get_paths(
        graph_id: str,
        k: Annotated[int, Query(ge=1, le=10_000, description="How many")] = 10,
        group_by: Annotated[
            Literal["none", "label"],
            Query(description="`label`: sum over all paths through the same labels"),
        ] = "none",
        target: Annotated[
            str | None, Query(description="A logit node's id; the most probable logit unless given")
        ] = None,
        min_length: Annotated[int, Query(ge=1, le=1000, description="Edges")] = 2,
        max_length: Annotated[int | None, Query(ge=1, le=1000, description="Edges")] = None,
        best_members: Annotated[
            int, Query(ge=0, le=100, description="Best single paths answered with each group sequence")
        ] = 1,
    ) -> PathsAnswer:
        """The k best paths from the embeddings to a logit, by the influence that flows along them."""
        return views.paths(
            explorer.graph(graph_id),
            k=k,
            group_by=group_by,
            target=target,
            min_length=min_length,
            max_length=max_length,
            best_members=best_members,
        )

    site.install(app)
    return app
