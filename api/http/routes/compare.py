"""Comparing stored graphs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http.answers.compare import CompareAnswer, comparison
from api.http.errors import documented
from api.http.routes.served import Served, json_response
from api.http.waiting import ranked
from queries import errors
from queries.limits import Limits
from queries.paths import compare
from queries.paths.question import LABELS
from queries.words import DEFAULT_LABELS, DEFAULT_SEQUENCES, MAX_GRAPHS, MAX_SEQUENCES, MIN_GRAPHS, LabelRule

router = APIRouter(tags=["graphs"])


@router.get(
    "/api/compare",
    response_model=CompareAnswer,
    responses=documented(
        errors.GraphNotFound, errors.IncomparableGraphs, errors.QueryTimeout, errors.ServerBusy
    ),
)
async def compare_graphs(
    explorer: Served,
    request: Request,
    graphs: Annotated[str, Query(description=f"{MIN_GRAPHS} to {MAX_GRAPHS} graph ids, separated by commas")],
    k: Annotated[
        int, Query(ge=1, le=MAX_SEQUENCES, description="Best sequences taken of each graph")
    ] = DEFAULT_SEQUENCES,
    labels: Annotated[LabelRule, Query(description=LABELS)] = DEFAULT_LABELS,
) -> Response:
    """The features that graphs share, and the paths that run through the same features.

    Paths are told apart by the features between a token and the most probable logit, whatever their
    positions: prompts differ in their tokens. Graphs must be of one model and transcoder set.
    """
    graph_ids = graphs.split(",")
    compare.check_ids(graph_ids)

    def rank(limits: Limits) -> Response:
        compared = [explorer.graph(graph_id, labels) for graph_id in graph_ids]
        return json_response(comparison(compared, k=k, limits=limits))

    return await ranked(request, explorer.rankings, rank)
