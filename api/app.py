"""The HTTP application: `create_app` over an open store and, where prompts can be traced, a job queue."""

import asyncio
import os
from importlib.metadata import version
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from api import cypher, errors, events, guard, paths, site, views
from api.explorer import Explorer
from api.headers import TRUNCATED
from api.models import (
    CompareAnswer,
    CypherRequest,
    CypherRows,
    EdgesAnswer,
    FlowAnswer,
    GraphsAnswer,
    Health,
    ImportQuestion,
    JobsAnswer,
    ModelsAnswer,
    NamedQueryRequest,
    NodesAnswer,
    PathsAnswer,
    QueriesAnswer,
    ScoresAnswer,
    SessionRequest,
)
from api.token import COOKIE, SESSION_SECONDS
from queries.graph.features import FeatureRecord
from queries.graph.records import GraphRecord, Job, JobRequest, Record, Thresholds
from queries.named.request import checked, graphs_named, named_query
from queries.paths import compare
from queries.paths.question import FlowQuestion, PathsQuestion

DESCRIPTION = """Attribution graphs in a graph database: submit prompts, import graphs, rank their paths.

Every error is `{"error", "detail"}`: the fact's name and a sentence for people. A server that was started with a
token answers 401 to requests without `Authorization: Bearer TOKEN` or the session that `POST /api/session` opens."""

_GRAPH_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "title": "Graph file"}}},
    }
}

_ROWS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/csv": {"schema": {"type": "string"}}},
        "headers": {
            TRUNCATED: {
                "description": "`rows` or `bytes`, where there are more rows than are answered",
                "schema": {"type": "string"},
            }
        },
    }
}

COMPRESSED_FROM = 4096
"""Bytes of the smallest answer that is compressed. Streams of events never are."""
COMPRESSION_LEVEL = 1
"""Of gzip. The digits of random-looking numbers are most of an answer: level 6 saves 8 % and takes 7 times as long."""


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
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=COMPRESSION_LEVEL)
    app.add_middleware(guard.Guard, hosts=explorer.hosts, token=explorer.token)

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

    @app.post(guard.SESSION, status_code=204, tags=["server"])
    def open_session(given: SessionRequest, request: Request, response: Response) -> None:
        """Tell the server's token once: a browser then proves it by a cookie. Without effect where there is none."""
        if explorer.token is None:
            return
        if not explorer.token.is_same(given.token):
            raise errors.Unauthorized
        response.set_cookie(
            COOKIE,
            explorer.token.open_session(),
            max_age=SESSION_SECONDS,
            path="/api",
            secure=request.scope["scheme"] == "https",
            httponly=True,
            samesite="strict",
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
        asked: Annotated[ImportQuestion, Query()],
    ) -> GraphRecord:
        """Store a graph file as Neuronpedia and circuit-tracer write it, sent as the body itself.

        A file of more than a million links, or with thresholds, is pruned, and its whole trace kept.
        """
        return await explorer.import_graph(request.stream(), asked.name, asked.thresholds)

    @app.post("/api/graphs/{graph_id}/prune", status_code=202, tags=["graphs"])
    def prune_graph(graph_id: str, thresholds: Thresholds) -> Job:
        """Prune the trace that a graph was pruned from again, with other thresholds, without the model.

        The job makes another graph; the same thresholds make the same graph.
        """
        return explorer.queue.prune(graph_id, thresholds)

    @app.get("/api/graphs/{graph_id}", tags=["graphs"])
    def get_graph(graph_id: str) -> GraphRecord:
        """One graph's record."""
        return explorer.store.record(graph_id)

    @app.delete("/api/graphs/{graph_id}", status_code=204, tags=["graphs"])
    def delete_graph(graph_id: str) -> None:
        """Delete a graph, and what no other graph uses."""
        explorer.delete(graph_id)

    @app.get("/api/graphs/{graph_id}/nodes", tags=["graphs"], response_model=NodesAnswer)
    def get_nodes(graph_id: str) -> Response:
        """The graph's nodes, as columns."""
        return _written(views.nodes(explorer.graph(graph_id)))

    @app.get("/api/graphs/{graph_id}/edges", tags=["graphs"], response_model=EdgesAnswer)
    def get_edges(graph_id: str) -> Response:
        """The graph's direct effects, as columns."""
        return _written(views.edges(explorer.graph(graph_id)))

    @app.get("/api/graphs/{graph_id}/paths", tags=["graphs"], response_model=PathsAnswer)
    def get_paths(graph_id: str, question: Annotated[PathsQuestion, Query()]) -> Response:
        """The k best paths from the embeddings, or other nodes, to a logit or feature: all of them ranked exactly."""
        ranking, graph = explorer.rank(graph_id, question)
        return _written(paths.paths(graph, question, ranking))

    @app.get("/api/graphs/{graph_id}/flow", tags=["graphs"], response_model=FlowAnswer)
    def get_flow(graph_id: str, question: Annotated[FlowQuestion, Query()]) -> Response:
        """The share of the target's influence that flows through each node, and each group of nodes."""
        return _written(paths.flow(explorer.graph(graph_id), question))

    @app.get("/api/scores", tags=["graphs"])
    def list_scores() -> ScoresAnswer:
        """The scores by which paths can be ranked: definition, unit, sign and meaning of each."""
        return paths.scores()

    @app.get("/api/compare", tags=["graphs"])
    def compare_graphs(
        graphs: Annotated[str, Query(description="2 to 8 graph ids, separated by commas")],
        k: Annotated[int, Query(ge=1, le=1000, description="Best sequences taken of each graph")] = 100,
    ) -> CompareAnswer:
        """The features that graphs share, and the paths that run through the same features.

        Paths are told apart by the features between a token and the most probable logit, whatever their
        positions: prompts differ in their tokens. Graphs must be of one model and transcoder set.
        """
        graph_ids = graphs.split(",")
        compare.check_ids(graph_ids)
        return views.comparison([explorer.graph(graph_id) for graph_id in graph_ids], k=k)

    @app.get("/api/features/{model:path}/{transcoder_set:path}/{layer}/{index}", tags=["features"])
    def get_feature(
        names: Annotated[tuple[str, str], Depends(_feature_names)], layer: int, index: int
    ) -> FeatureRecord:
        """A feature's explanations, and the graphs it appears in."""
        model, transcoder_set = names
        return explorer.store.feature(model, transcoder_set, layer, index)

    @app.post(
        "/api/cypher",
        tags=["queries"],
        response_model=CypherRows,
        responses=_ROWS,
    )
    async def run_cypher(asked: CypherRequest, request: Request) -> Response:
        """Run a reading query on the database: JSON, or CSV where `Accept` asks for it.

        It runs apart from the server, on what is committed when it begins, and is ended at its time or when its
        client leaves. Whatever would do more than read graphs is refused (403).
        """
        return await cypher.answer(explorer.cypher, asked, request)

    @app.get("/api/queries", tags=["queries"])
    def list_queries() -> QueriesAnswer:
        """The named queries: questions that researchers ask, with their parameters, columns and Cypher."""
        return views.named_queries(explorer.engine)

    @app.post("/api/queries/{name}", tags=["queries"], response_model=CypherRows, responses=_ROWS)
    async def run_query(name: str, asked: NamedQueryRequest, request: Request) -> Response:
        """Run a named query; it answers as `/api/cypher` does. Its parameters are checked, and graphs looked up."""
        query = named_query(name)
        values = checked(query, asked.parameters)
        for graph_id in graphs_named(query, values):
            await asyncio.to_thread(explorer.store.record, graph_id)
        text = query.text(explorer.engine)
        sent = CypherRequest(query=text, parameters=values, limit=asked.limit, timeout=asked.timeout)
        return await cypher.answer(explorer.cypher, sent, request)

    site.install(app)
    return app


def _feature_names(
    request: Request,
    model: Annotated[str, Path(description="A slash in it is written %2F")],  # noqa: ARG001  # for the document
    transcoder_set: Annotated[str, Path(description="A slash in it is written %2F")],  # noqa: ARG001
) -> tuple[str, str]:
    """Model and transcoder set, from the path as it was sent: once decoded, their own slashes divide it too."""
    path = request.scope["raw_path"].decode("ascii")
    escaped = path.partition("/api/features/")[2].split("/")
    if len(escaped) != 4:
        raise errors.UnescapedName(path)
    return unquote(escaped[0]), unquote(escaped[1])


def _written(answer: Record) -> Response:
    """A large answer as JSON, written where it was made: FastAPI would hold up every other request meanwhile."""
    return Response(answer.model_dump_json(), media_type="application/json")
