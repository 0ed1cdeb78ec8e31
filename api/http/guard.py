"""The guard of the application: it refuses requests that are not meant for this server, or lack its token.

A browser sends requests of any site to 127.0.0.1. So the Host must be one of the server's names (against DNS
rebinding), and the Origin, where a browser sends one, the server's own (against forged requests). Requests that other
sites make without an Origin, as for a picture, are told by Sec-Fetch-Site; `frames` says what they may show in a frame.
Where the server has a token, the API and the metrics ask for it. The page needs none: it holds no data, and asks the
user for it.
"""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http import frames
from api.http.errors import Unauthorized, answer, problem
from api.token import COOKIE, ApiToken
from queries.errors import MAX_QUOTED

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "worker-src 'self' blob:; frame-ancestors "
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

NO_OTHERS = "Requests from pages of other sites are refused."
NO_FRAMES = (
    "A page of another site shows a drawing where this server was started with --allow-frame and its origin."
)

API = "/api/"
DOCS = "/api/docs"
METRICS = "/metrics"
SESSION = "/api/session"
"""The one path of the API that needs no token: a browser sends the token there."""

HOST = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(:[0-9]*)?")
"""A Host header: a name, or an IPv6 address in brackets, and a port."""


class Guard:
    """Answers 403 to an unknown Host or a foreign site, 401 without the token; adds the security headers.

    Plain ASGI, since Starlette's BaseHTTPMiddleware takes as long as a small answer.
    """

    def __init__(
        self, app: ASGIApp, hosts: tuple[str, ...], token: ApiToken | None, framers: tuple[str, ...]
    ) -> None:
        self._app, self._hosts, self._token, self._framers = app, hosts, token, framers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = HEADERS | ({"Cache-Control": "no-store"} if _is_data(scope["path"]) else {})
        added["Content-Security-Policy"] += frames.ancestors(scope, self._framers)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for header, value in added.items():
                    headers.setdefault(header, value)
            await send(message)

        headers = Headers(scope=scope)
        app = self._refusal(scope, headers) or self._app
        # Nobody else wants cookies; FastAPI would take them apart for every request, in the square of their size.
        kept = [one for one in scope["headers"] if one[0] != b"cookie"]
        await app({**scope, "headers": kept}, receive, send_with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        host = headers.get("host", "")
        name = HOST.fullmatch(host)
        if name is None or name[1] not in self._hosts:
            shown = host[:MAX_QUOTED] if name is None else name[1][:MAX_QUOTED]
            return problem(
                403, "ForbiddenHost", f"This server does not answer as {shown!r}; start it with --allow-host."
            )
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return problem(
                403, "ForbiddenOrigin", f"Requests from pages of {origin[:MAX_QUOTED]!r} are refused."
            )
        if headers.get("sec-fetch-site") in ("cross-site", "same-site") and not _opens_the_page(
            scope, headers
        ):
            framed = frames.opens_a_frame(scope, headers)
            if not (framed and self._framers):
                return problem(403, "ForbiddenOrigin", NO_FRAMES if framed else NO_OTHERS)
        # The path that routes see. A URL is built from the Host header too, which a stranger may write.
        path = scope["path"]
        if (
            self._token is not None
            and _is_data(path)
            and path != SESSION
            and not self._token.admits(headers.get("authorization"), _session(headers))
        ):
            return answer(Unauthorized())
        return None


def _opens_the_page(scope: Scope, headers: Headers) -> bool:
    """Whether somebody follows a link on another site to the page, or to the description of the API."""
    return (
        scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
        and (scope["path"] == DOCS or not _is_data(scope["path"]))
    )


def _is_data(path: str) -> bool:
    """Whether a path is of the API or the metrics, which a token guards; else it is of the page."""
    return path.startswith(API) or path == METRICS


def _session(headers: Headers) -> str | None:
    """The value of the session's cookie."""
    for header in headers.getlist("cookie"):
        for cookie in header.split(";"):
            name, _, value = cookie.partition("=")
            if name.strip() == COOKIE:
                return value.strip()
    return None
