"""Comparing stored graphs."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http.answers.compare import CompareAnswer, CompareRequest, comparison
from api.http.errors import documented
from api.http.routes.served import Served, json_response
from api.http.waiting import ranked
from queries import errors
from queries.limits import Limits

router = APIRouter(tags=["graphs"])


@router.get(
    "/api/compare",
    response_model=CompareAnswer,
    responses=documented(
        errors.GraphNotFound, errors.IncomparableGraphs, errors.QueryTimeout, errors.ServerBusy
    ),
)
async def compare_graphs(
    explorer: Served, question: Annotated[CompareRequest, Query()], request: Request
) -> Response:
    """The features that graphs share, and the paths that run through the same steps.

    Paths are told apart by the steps between a token and the target, whatever their positions: prompts differ in
    their tokens. By feature, graphs must be of one model and transcoder set.
    """
    graph_ids = question.graph_ids

    def rank(limits: Limits) -> Response:
        compared = [explorer.graph(graph_id, question.labels) for graph_id in graph_ids]
        return json_response(comparison(compared, question, limits))

    return await ranked(request, explorer.rankings, rank)
