"""Comparing stored graphs."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers.compare import CompareAnswer, comparison
from api.http.routes.served import Served
from queries.paths import compare
from queries.words import DEFAULT_SEQUENCES, MAX_GRAPHS, MAX_SEQUENCES, MIN_GRAPHS

router = APIRouter(tags=["graphs"])


@router.get("/api/compare")
def compare_graphs(
    explorer: Served,
    graphs: Annotated[str, Query(description=f"{MIN_GRAPHS} to {MAX_GRAPHS} graph ids, separated by commas")],
    k: Annotated[
        int, Query(ge=1, le=MAX_SEQUENCES, description="Best sequences taken of each graph")
    ] = DEFAULT_SEQUENCES,
) -> CompareAnswer:
    """The features that graphs share, and the paths that run through the same features.

    Paths are told apart by the features between a token and the most probable logit, whatever their
    positions: prompts differ in their tokens. Graphs must be of one model and transcoder set.
    """
    graph_ids = graphs.split(",")
    compare.check_ids(graph_ids)
    return comparison([explorer.graph(graph_id) for graph_id in graph_ids], k=k)
