"""Who may ask: only pages and programs that mean this server.

A browser sends any site's requests to 127.0.0.1, so the Host must be one of ours (DNS rebinding) and the
Origin, where a browser names one, the server's own (forged requests). Where the server has a token, the API
answers only those who know it; the page itself holds nothing to keep, and asks for it.
"""

from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from api.errors import Unauthorized, answer, problem
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
"""The one address of the API that needs no token: it is where a browser tells it."""


def install(app: FastAPI, hosts: tuple[str, ...], token: ApiToken | None) -> None:
    """Answer 403 to an unknown Host or a foreign Origin, 401 without the token; send the page's safety headers."""

    @app.middleware("http")
    async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
        host = request.headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name not in hosts:
            return problem(
                403, "ForbiddenHost", f"This server does not answer as {name!r}; start it with --allow-host."
            )
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return problem(403, "ForbiddenOrigin", f"Requests from pages of {origin!r} are refused.")
        # The path that routes see: `request.url` is built from the Host header too, which a stranger writes.
        path = request.scope["path"]
        if (
            token is not None
            and path.startswith("/api/")
            and path != SESSION
            and not token.admits(request.headers.get("authorization"), request.cookies.get(COOKIE))
        ):
            return answer(Unauthorized())
        response = await call_next(request)
        for header, value in HEADERS.items():
            response.headers.setdefault(header, value)
        return response
