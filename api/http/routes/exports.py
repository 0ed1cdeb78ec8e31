"""Stored graphs as files of other programs: one in any format, many as a Parquet data set."""

import re
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.http.answers.exports import MEDIA_TYPES, DataSetQuestion, ExportQuestion, ranked_part
from api.http.errors import RANKING_ERRORS, documented
from api.http.routes.served import Served
from api.http.waiting import ranked
from queries import errors
from queries.exports.parquet import parquet
from queries.graph.attribution_graph import AttributionGraph
from queries.limits import Limits

router = APIRouter(tags=["exports"])

LONGEST_NAME = 80
"""Characters of a graph's name in a file's name."""
ZIP = "application/zip"


def _file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file", "content": {one: {"schema": {}} for one in media_types}}}


@router.get(
    "/api/graphs/{graph_id}/export",
    response_class=StreamingResponse,
    responses={
        **_file(*MEDIA_TYPES),
        **documented(*RANKING_ERRORS),
    },
)
async def export_graph(
    explorer: Served, graph_id: str, asked: Annotated[ExportQuestion, Query()], request: Request
) -> Response:
    """A graph, or a part of it, as a file. A part has an id of its own; a part without a logit cannot be imported."""

    def answer(graph: AttributionGraph) -> Response:
        if asked.format == "graph-json":
            graph = explorer.as_its_file(graph)
        form = asked.as_format
        return _download(form.write(graph), graph.record.name, form.suffix, form.media_type)

    def whole_or_chosen() -> Response:
        return answer(asked.chosen(explorer.graph(graph_id, asked.labels, asked.view)))

    def of_paths(limits: Limits) -> Response:
        ranking, graph = explorer.rank(graph_id, asked.paths, limits)
        return answer(ranked_part(graph, ranking))

    if asked.part != "paths":
        return await run_in_threadpool(whole_or_chosen)
    return await ranked(request, explorer.threads_for(asked), of_paths)


@router.get(
    "/api/export",
    response_class=StreamingResponse,
    responses={**_file(ZIP), **documented(errors.GraphNotFound, errors.InvalidDataSet)},
)
def export_data_set(explorer: Served, asked: Annotated[DataSetQuestion, Query()]) -> Response:
    """Many graphs as one Parquet data set, in a zip: graphs, nodes, edges, features, explanations and collections, and
    a record that cites its content hash. Unpacked, it is a database that is only read (`--database`)."""
    ids = list(dict.fromkeys(asked.graph)) or [record.id for record in explorer.store.graphs()]
    for graph_id in ids:
        explorer.store.record(graph_id)
    pieces = parquet(map(explorer.store.read, ids), explorer.store.collections)
    return _download(pieces, "graphs", ".parquet.zip", ZIP)


def _download(pieces: Iterator[bytes], name: str, suffix: str, media_type: str) -> Response:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:LONGEST_NAME] or "graph"
    full = quote(name[:LONGEST_NAME].replace("/", "-") + suffix, safe="")
    disposition = f"attachment; filename=\"{plain}{suffix}\"; filename*=UTF-8''{full}"
    return StreamingResponse(pieces, media_type=media_type, headers={"Content-Disposition": disposition})
