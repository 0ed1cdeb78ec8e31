"""The bodies of requests: each route's has a limit, and is text that can be written down again.

A body is read here, before its route, which then finds it whole; a graph file streams to its route instead.
"""

import json
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.errors import BodyTooLarge, answer
from queries.errors import InvalidRequest

MAX_BODY = 1 << 20
"""Bytes of the body of any request that is not named below."""
MAX_BODIES: dict[str, int | None] = {
    "/api/session": 64 << 10,
    "/api/jobs": 8 << 20,  # a direction has as many numbers as the model is wide
    "/api/jobs/batch": 32 << 20,
    "/api/cypher": 4 << 20,
    "/api/graphs/import": None,  # streams, whatever its size; a large one goes to the disk
}

PERHAPS_TORN = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]|\x00")
"""What a JSON text with half of a character in it has somewhere, in UTF-8 or in any of UTF-16 and UTF-32."""


class Bodies:
    """Answers 413 to a body beyond its route's limit, as soon as that is known, and 422 to half a character in JSON:
    Python's parser takes it, but it can be neither printed nor stored."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_request = scope["type"] == "http"
        limit = MAX_BODIES.get(scope["path"], MAX_BODY) if is_request else None
        headers = dict(scope["headers"]) if is_request else {}
        if limit is None or not headers.keys() & {b"content-length", b"transfer-encoding"}:
            await self._app(scope, receive, send)
            return
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared[:20]) > limit:
            await answer(BodyTooLarge(limit))(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                await answer(BodyTooLarge(limit))(scope, receive, send)
                return
        if PERHAPS_TORN.search(body) and _is_torn(bytes(body)):
            torn = InvalidRequest("body", "a text in it holds half of a character (a lone surrogate)")
            await answer(torn)(scope, receive, send)
            return
        first: Message | None = {"type": "http.request", "body": bytes(body), "more_body": False}

        async def receive_again() -> Message:
            nonlocal first
            message, first = first, None
            return await receive() if message is None else message

        await self._app(scope, receive_again, send)


def _is_torn(body: bytes) -> bool:
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):  # it is no JSON: its route says so
        return False
    return False
