"""The guard of the application: it refuses requests that are not meant for this server, or lack its token.

A browser sends requests of any site to 127.0.0.1. So the Host must be one of the server's names (against DNS
rebinding), and the Origin, where a browser sends one, the server's own (against forged requests). Where the server has
a token, the API asks for it. The page needs none: it holds no data, and asks the user for the token.
"""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.errors import Unauthorized, answer, problem
from api.token import COOKIE, ApiToken

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "worker-src 'self' blob:; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

SESSION = "/api/session"
"""The one path of the API that needs no token: a browser sends the token there."""


class Guard:
    """Answers 403 to an unknown Host or a foreign Origin, 401 without the token; adds the security headers.

    Plain ASGI, since Starlette's BaseHTTPMiddleware takes as long as a small answer.
    """

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...], token: ApiToken | None) -> None:
        self._app, self._hosts, self._token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(Request(scope))
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for header, value in HEADERS.items():
                    headers.setdefault(header, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name not in self._hosts:
            return problem(
                403, "ForbiddenHost", f"This server does not answer as {name!r}; start it with --allow-host."
            )
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return problem(403, "ForbiddenOrigin", f"Requests from pages of {origin!r} are refused.")
        # The path that routes see. `request.url` is built from the Host header too, which a stranger may write.
        path = request.scope["path"]
        if (
            self._token is not None
            and path.startswith("/api/")
            and path != SESSION
            and not self._token.admits(request.headers.get("authorization"), request.cookies.get(COOKIE))
        ):
            return answer(Unauthorized())
        return None
