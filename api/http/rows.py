"""People's Cypher over HTTP: run it, stop it where nobody waits any more, answer JSON or CSV."""

import asyncio

from fastapi import Request
from fastapi.responses import Response

from api.headers import TRUNCATED
from api.http.answers.cypher import CypherRequest
from queries.cypher.answer import CypherAnswer
from queries.cypher.runner import CypherRunner

CLIENT_GONE = 499
"""Nginx's status for a client that does not wait. Nobody gets it; logs may."""
CSV = "text/csv"


async def answer(runner: CypherRunner, asked: CypherRequest, request: Request) -> Response:
    """Raises what `CypherRunner.run` raises."""
    query = asyncio.ensure_future(
        runner.run(asked.query, asked.parameters, limit=asked.limit, timeout=asked.timeout)
    )
    gone = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((query, gone), return_when=asyncio.FIRST_COMPLETED)
        if not query.done():
            return Response(status_code=CLIENT_GONE)
        return await _written(query.result(), _wants_csv(request.headers.get("accept", "")))
    finally:
        query.cancel()
        gone.cancel()


async def _written(found: CypherAnswer, as_csv: bool) -> Response:
    headers = {TRUNCATED: found.truncated} if found.truncated else {}
    if as_csv:
        content = await asyncio.to_thread(found.csv)
        return Response(content, headers=headers, media_type=f"{CSV}; charset=utf-8")
    return Response(found.json(), headers=headers, media_type="application/json")


async def _disconnected(request: Request) -> None:
    """Returns when the client has gone. The request's body has been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _wants_csv(accept: str) -> bool:
    """Whether the Accept header names CSV, and JSON not before it."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return next((name == CSV for name in named if name in (CSV, "application/json")), False)
