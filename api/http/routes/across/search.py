"""One search over everything that is stored."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers.across.search import SearchQuestion
from api.http.routes.served import Served
from queries.store.across.found import Found

router = APIRouter(tags=["search"])


@router.get("/api/search")
def search(explorer: Served, asked: Annotated[SearchQuestion, Query()]) -> Found:
    """Collections, graphs, views and features by their names, prompts, labels, explanations and numbers.

    It reads for two seconds at most; `unfinished` are kinds of which there may be more.
    """
    return explorer.store.search(asked.q, asked.limit)
