"""Cypher that people write, and the named queries."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.headers import TRUNCATED
from api.http import cypher
from api.http.answers.cypher import CypherRequest, CypherRows, NamedQueryRequest, QueriesAnswer, named_queries
from api.http.errors import documented
from api.http.routes.served import Served
from queries import errors
from queries.named.request import bind

router = APIRouter(tags=["queries"])

_ERRORS = (errors.InvalidQuery, errors.QueryRefused, errors.QueryTimeout, errors.QueryTooLarge)

_ROWS: dict[int | str, dict[str, Any]] = {
    **documented(*_ERRORS),
    200: {
        "content": {"text/csv": {"schema": {"type": "string"}}},
        "headers": {
            TRUNCATED: {
                "description": "`rows` or `bytes`, where there are more rows than are answered",
                "schema": {"type": "string"},
            }
        },
    },
}


@router.post("/api/cypher", response_model=CypherRows, responses=_ROWS)
async def run_cypher(explorer: Served, asked: CypherRequest, request: Request) -> Response:
    """Run a reading query on the database: JSON, or CSV where `Accept` asks for it.

    It runs apart from the server, on what is committed when it begins, and is ended at its time or when its
    client leaves. Whatever would do more than read graphs is refused (403).
    """
    return await cypher.answer(explorer.cypher, asked, request)


@router.get("/api/queries")
def list_queries(explorer: Served) -> QueriesAnswer:
    """The named queries: questions that researchers ask, with their parameters, columns and Cypher."""
    return named_queries(explorer.engine)


@router.post(
    "/api/queries/{name}",
    response_model=CypherRows,
    responses={
        **_ROWS,
        **documented(errors.UnknownQuery, errors.GraphNotFound, errors.CollectionNotFound, *_ERRORS),
    },
)
async def run_query(explorer: Served, name: str, asked: NamedQueryRequest, request: Request) -> Response:
    """Run a named query; it answers as `/api/cypher` does. Its parameters are checked, and graphs and
    collections looked up."""
    bound = bind(name, asked.parameters, explorer.engine)
    for graph_id in bound.graph_ids:
        await asyncio.to_thread(explorer.store.record, graph_id)
    for collection in bound.collections:
        await asyncio.to_thread(explorer.store.collections.one, collection)
    query = CypherRequest(query=bound.text, parameters=bound.values, limit=asked.limit, timeout=asked.timeout)
    return await cypher.answer(explorer.cypher, query, request, is_named=True)
