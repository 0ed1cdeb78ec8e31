"""Work that ends when the client that waits for it leaves."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.rankings import Rankings
from queries.limits import Limits

CLIENT_GONE = 499
"""Nginx's status for a client that has left. Nobody receives it, but logs may name it."""


async def while_waiting(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """The response of `work`, which is cancelled when the client leaves."""
    working = asyncio.ensure_future(work)
    client_left = asyncio.ensure_future(_disconnected(request))
    try:
        await asyncio.wait((working, client_left), return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else Response(status_code=CLIENT_GONE)
    finally:
        working.cancel()
        client_left.cancel()


async def ranked(request: Request, rankings: Rankings, work: Callable[[Limits], Response]) -> Response:
    """The response of `work`, in a thread for rankings; its limits tell it when the client has left.

    Raises like `Rankings.run`.
    """
    return await while_waiting(request, rankings.run(work))


async def _disconnected(request: Request) -> None:
    """Return when the client has left. The request's body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
