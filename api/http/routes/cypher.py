"""Cypher that people write and save, what it can ask for, and the named queries."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.headers import TRUNCATED
from api.http import cypher
from api.http.answers.cypher import (
    CypherRequest,
    CypherRows,
    CypherSchema,
    NamedQueryRequest,
    QueriesAnswer,
    SavedQueriesAnswer,
    WrittenQuery,
    cypher_schema,
    named_queries,
)
from api.http.errors import documented
from api.http.routes.served import Served, Storing
from queries import errors
from queries.named.request import bind
from queries.store.saved.saved import SavedQuery

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


@router.get("/api/cypher/schema")
def get_cypher_schema(explorer: Served) -> CypherSchema:
    """What a query can ask for: labels, types of relationships and their properties; the engine's dialect; limits."""
    return cypher_schema(explorer.engine)


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


SAVED_QUERY = "/api/saved-queries/{name}"


@router.get("/api/saved-queries")
def list_saved_queries(explorer: Served) -> SavedQueriesAnswer:
    """The queries that people saved."""
    return SavedQueriesAnswer(queries=explorer.store.saved_queries.all())


@router.get(SAVED_QUERY, responses=documented(errors.SavedQueryNotFound))
def get_saved_query(explorer: Served, name: str) -> SavedQuery:
    """One saved query, with its text."""
    return explorer.store.saved_queries.one(name)


@router.put(
    SAVED_QUERY,
    responses=documented(
        errors.SavedQueryNotFound, errors.SavedQueryExists, errors.ReadOnlyDataSet, errors.StorageFull
    ),
)
def put_saved_query(explorer: Storing, name: str, given: WrittenQuery) -> SavedQuery:
    """Save a query, in place of one of this name; or, where `name` is given, rename the one that is there.

    Its text is not looked at: `POST /api/cypher` refuses what does more than read."""
    saved = explorer.store.saved_queries
    if given.name is None:
        if given.cypher is None:
            raise errors.InvalidRequest("cypher", "a query is saved with its text")
        return saved.put(name, given.cypher, given.notes)
    if given.cypher is not None or given.notes:
        raise errors.InvalidRequest("name", "a query is renamed with its text and notes as they are")
    return saved.rename(name, given.name)


@router.delete(
    SAVED_QUERY,
    status_code=204,
    responses=documented(errors.SavedQueryNotFound, errors.ReadOnlyDataSet, errors.StorageFull),
)
def delete_saved_query(explorer: Storing, name: str) -> None:
    """Delete a saved query."""
    explorer.store.saved_queries.delete(name)
