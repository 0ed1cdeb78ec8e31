"""The one table of HTTP statuses, and the one envelope every error goes out in."""

from collections.abc import Mapping, Sequence
from typing import Any

import prometheus_client as prometheus
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from queries import errors
from queries.errors import MAX_QUOTED
from queries.graph.records import Problem

ERRORS = prometheus.Counter(
    "circuit_explorer_http_errors", "Requests that were answered with an error, by its name.", ["error"]
)


class UnescapedName(errors.CircuitExplorerError):
    """`form`: what the address should look like."""

    def __init__(self, path: str, form: str) -> None:
        self.path, self.form = path, form
        super().__init__(f"{path} has too many parts for {form}: write a slash inside a name as %2F.")


class Unauthorized(errors.CircuitExplorerError):
    """The server has a token and the request does not prove to know it."""

    def __init__(self) -> None:
        super().__init__(
            "This server needs its token: `Authorization: Bearer TOKEN`, or the session that POST /api/session opens."
        )


class BodyTooLarge(errors.CircuitExplorerError):
    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"The request's body has more than {limit >> 10:,} kB, which is this address's limit."
        )


STATUSES: dict[type[errors.CircuitExplorerError], int] = {
    errors.GraphNotFound: 404,
    errors.JobNotFound: 404,
    errors.JobEnded: 409,
    errors.JobNotRetried: 409,
    errors.UnknownModel: 404,
    errors.UnknownTranscoders: 404,
    errors.InvalidGraph: 422,
    errors.InvalidDataSet: 422,
    errors.InvalidRequest: 422,
    errors.EmptyPrompt: 422,
    errors.PromptTooLong: 422,
    errors.NoChatTemplate: 422,
    errors.TokenizerUnavailable: 404,
    errors.FeatureNotFound: 404,
    errors.HeadNotFound: 404,
    errors.TraceNotKept: 404,
    errors.InterventionNotFound: 404,
    errors.VerificationNotFound: 404,
    errors.GraphNotReproduced: 409,
    errors.InternalsNotComputed: 404,
    errors.UnsupportedArchitecture: 422,
    errors.ViewNotFound: 404,
    errors.SupernodeNotFound: 404,
    errors.ViewChanged: 409,
    errors.CollectionNotFound: 404,
    errors.CollectionExists: 409,
    errors.SavedQueryNotFound: 404,
    errors.SavedQueryExists: 409,
    UnescapedName: 404,
    Unauthorized: 401,
    BodyTooLarge: 413,
    errors.IncomparableGraphs: 422,
    errors.UnknownQuery: 404,
    errors.InvalidQuery: 400,
    errors.QueryRefused: 403,
    errors.ReadOnlyDataSet: 403,
    errors.QueryTimeout: 408,
    errors.QueryTooLarge: 413,
    errors.QueryUnstoppable: 413,
    errors.ServerBusy: 503,
    errors.DatabaseUnavailable: 503,
    errors.TooManyOutlive: 503,
    errors.DatabaseRefused: 503,
    errors.UnsupportedServer: 503,
    errors.StorageFull: 507,
    errors.UnsupportedSchema: 503,
    errors.WorkerUnavailable: 503,
    errors.TraceFailed: 503,
    errors.WeightsUnavailable: 503,
    errors.WeightsTooLarge: 507,
    errors.UnsupportedModel: 422,
    errors.TranscodersMismatch: 422,
    errors.DeviceUnavailable: 422,
    errors.TracesUnavailable: 503,
    errors.SourceUnavailable: 502,
}

RANKING_ERRORS: tuple[type[errors.CircuitExplorerError], ...] = (
    errors.GraphNotFound,
    errors.TraceNotKept,
    errors.InvalidGraph,
    errors.QueryTimeout,
    errors.ServerBusy,
    errors.WorkerUnavailable,
    errors.TraceFailed,
    errors.TracesUnavailable,
    errors.StorageFull,
)
"""Those of a route that ranks a graph, `Explorer.rank`."""

EVERYWHERE: dict[int, tuple[str, ...]] = {
    400: ("InvalidRequest",),
    401: ("Unauthorized",),
    403: ("ForbiddenHost", "ForbiddenOrigin"),
    413: ("BodyTooLarge",),
    422: ("InvalidRequest",),
    431: ("HeadTooLarge",),
    500: ("InternalError",),
    503: ("DatabaseUnavailable", "DatabaseRefused", "UnsupportedServer", "UnsupportedSchema"),
}
"""What any route may answer besides its own errors."""


def documented(*leaves: type[errors.CircuitExplorerError]) -> dict[int | str, dict[str, Any]]:
    """The statuses of a route's answers that are errors, for the OpenAPI document, with the errors that have them."""
    names = {status: list(common) for status, common in EVERYWHERE.items()}
    for leaf in leaves:
        names.setdefault(STATUSES[leaf], []).append(leaf.__name__)
    return {
        status: {"description": ", ".join(dict.fromkeys(names[status])), "content": _ENVELOPE}
        for status in sorted(names)
    }


# Not FastAPI's "model", which would have it sent as the route's own kind of answer, such as a stream of events.
_ENVELOPE = {"application/json": {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}


def problem(status: int, error: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    ERRORS.labels(error).inc()
    body = Problem(error=error, detail=detail)
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def answer(error: errors.CircuitExplorerError) -> JSONResponse:
    """An error of the program in the envelope, with its status."""
    retry = {"Retry-After": "5"}
    headers = {
        errors.DatabaseUnavailable: retry,
        errors.ServerBusy: retry,
        errors.TooManyOutlive: {"Retry-After": "30"},
        Unauthorized: {"WWW-Authenticate": "Bearer"},
    }
    status = STATUSES.get(type(error), 500)
    return problem(status, type(error).__name__, str(error), headers.get(type(error)))


class NotModified(Exception):
    """The client has the answer already."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers


def install(app: FastAPI, routes: Sequence[Route]) -> None:
    """Answer every exception of `app` in the envelope. `routes`: all but the page, which takes every address."""

    @app.exception_handler(errors.CircuitExplorerError)
    def known(_: Request, error: errors.CircuitExplorerError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(NotModified)
    def unchanged(_: Request, same: NotModified) -> Response:
        return Response(status_code=304, headers=same.headers)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "InvalidRequest", "; ".join(map(_sentence, error.errors())))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        path, status, headers = request.scope["path"], error.status_code, error.headers
        methods = _methods(routes, path)
        if status in (404, 405) and (methods or path.startswith("/api/")):
            status = 404 if not methods or request.method in methods else 405
            headers = {"Allow": ", ".join(sorted(methods))} if status == 405 else None
        detail = {
            404: f"There is nothing at {path[:MAX_QUOTED]}.",
            405: f"{path[:MAX_QUOTED]} does not take {request.method[:MAX_QUOTED]}.",
        }.get(status, str(error.detail))
        name = {404: "NotFound", 405: "MethodNotAllowed"}.get(status, "InvalidRequest")
        return problem(status, name, detail, headers)

    @app.exception_handler(Exception)
    def unexpected(_: Request, __: Exception) -> JSONResponse:
        return problem(500, "InternalError", "The server failed; its log says how. Nothing was stored.")


def _methods(routes: Sequence[Route], path: str) -> set[str]:
    """The methods of all routes at an address. A router looks at the first only, and the page's is at all of them."""
    at = [route for route in routes if route.path_regex.match(path)]
    named = [route for route in at if route.path == path]  # rather than one with a parameter that would fit
    return {method for route in named or at for method in route.methods or ()}


def _sentence(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence: 'prompt: Field required'."""
    where = ".".join(str(part) for part in error["loc"][1:])  # the first part is 'body', 'query' or 'path'
    if error["type"] == "json_invalid":
        return f"The request's body is not JSON: {error['ctx']['error']}"
    return f"{where or 'request'}: {error['msg'].removeprefix('Value error, ')}"
