"""Cypher queries over HTTP: run one, end it when its client leaves, answer its rows as JSON or CSV."""

import asyncio

from fastapi import Request
from fastapi.responses import Response

from api.headers import TRUNCATED
from api.http.answers.cypher import CypherRequest
from api.http.waiting import while_waiting
from queries.cypher.answer import CypherAnswer
from queries.cypher.runner import CypherRunner

CSV = "text/csv"


async def answer(
    runner: CypherRunner, asked: CypherRequest, request: Request, *, is_named: bool = False
) -> Response:
    """Run a query and answer its rows. Raises the errors of `CypherRunner.run`."""

    async def run() -> Response:
        query, limit, timeout = asked.query, asked.limit, asked.timeout
        found = await runner.run(query, asked.parameters, limit=limit, timeout=timeout, is_named=is_named)
        return await _rows(found, _wants_csv(request.headers.get("accept", "")))

    return await while_waiting(request, run())


async def _rows(answer: CypherAnswer, as_csv: bool) -> Response:
    headers = {TRUNCATED: answer.truncated} if answer.truncated else {}
    if as_csv:
        content = await asyncio.to_thread(answer.csv)
        return Response(content, headers=headers, media_type=f"{CSV}; charset=utf-8")
    return Response(answer.json(), headers=headers, media_type="application/json")


def _wants_csv(accept: str) -> bool:
    """Whether the Accept header names CSV, and does not name JSON before it."""
    named = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return next((name == CSV for name in named if name in (CSV, "application/json")), False)
