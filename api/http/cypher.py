"""Cypher queries over HTTP: run one, end it when its client leaves, answer its rows as JSON or CSV."""

import asyncio

from fastapi import Request
from fastapi.responses import Response

from api.headers import TRUNCATED
from api.http.answers.cypher import CypherRequest
from queries.cypher.answer import CypherAnswer
from queries.cypher.runner import CypherRunner

CLIENT_GONE = 499
"""Nginx's status for a client that has left. Nobody receives it, but logs may name it."""
CSV = "text/csv"


async def answer(runner: CypherRunner, asked: CypherRequest, request: Request) -> Response:
    """Run a query and answer its rows. Raises the errors of `CypherRunner.run`."""
    query = asyncio.ensure_future(
        runner.run(asked.query, asked.parameters, limit=asked.limit, timeout=asked.timeout)
    )
    client_left = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((query, client_left), return_when=asyncio.FIRST_COMPLETED)
        if not query.done():
            return Response(status_code=CLIENT_GONE)
        return await _rows(query.result(), _wants_csv(request.headers.get("accept", "")))
    finally:
        query.cancel()
        client_left.cancel()


async def _rows(answer: CypherAnswer, as_csv: bool) -> Response:
    headers = {TRUNCATED: answer.truncated} if answer.truncated else {}
    if as_csv:
        content = await asyncio.to_thread(answer.csv)
        return Response(content, headers=headers, media_type=f"{CSV}; charset=utf-8")
    return Response(answer.json(), headers=headers, media_type="application/json")


async def _disconnected(request: Request) -> None:
    """Return when the client has left. The request's body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _wants_csv(accept: str) -> bool:
    """Whether the Accept header names CSV, and does not name JSON before it."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return next((name == CSV for name in named if name in (CSV, "application/json")), False)
