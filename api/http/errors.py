"""The one table of HTTP statuses, and the one envelope every error goes out in."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from queries import errors
from queries.graph.records import Problem


class UnescapedName(errors.CircuitExplorerError):
    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path} has too many parts for /api/features/MODEL/SET/LAYER/INDEX: "
            "write a slash inside a name as %2F."
        )


class Unauthorized(errors.CircuitExplorerError):
    """The server has a token and the request does not prove to know it."""

    def __init__(self) -> None:
        super().__init__(
            "This server needs its token: `Authorization: Bearer TOKEN`, or the session that POST /api/session opens."
        )


STATUSES: dict[type[errors.CircuitExplorerError], int] = {
    errors.GraphNotFound: 404,
    errors.JobNotFound: 404,
    errors.UnknownModel: 404,
    errors.UnknownTranscoders: 404,
    errors.InvalidGraph: 422,
    errors.InvalidRequest: 422,
    errors.EmptyPrompt: 422,
    errors.PromptTooLong: 422,
    errors.FeatureNotFound: 404,
    errors.TraceNotKept: 404,
    UnescapedName: 404,
    Unauthorized: 401,
    errors.IncomparableGraphs: 422,
    errors.UnknownQuery: 404,
    errors.InvalidQuery: 400,
    errors.QueryRefused: 403,
    errors.QueryTimeout: 408,
    errors.QueryTooLarge: 413,
    errors.QueryUnstoppable: 413,
    errors.DatabaseUnavailable: 503,
    errors.TooManyOutlive: 503,
    errors.DatabaseRefused: 503,
    errors.UnsupportedServer: 503,
    errors.StorageFull: 507,
    errors.UnsupportedSchema: 503,
    errors.WorkerUnavailable: 503,
    errors.TraceFailed: 503,
    errors.TracesUnavailable: 503,
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": Problem, "description": "What was asked cannot be done; `detail` says why"},
    "5XX": {"model": Problem, "description": "The server or its database failed; `detail` says why"},
}


def problem(status: int, error: str, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    body = Problem(error=error, detail=detail)
    return JSONResponse(body.model_dump(), status_code=status, headers=headers)


def answer(error: errors.CircuitExplorerError) -> JSONResponse:
    """An error of the program in the envelope, with its status."""
    headers = {
        errors.DatabaseUnavailable: {"Retry-After": "5"},
        errors.TooManyOutlive: {"Retry-After": "30"},
        Unauthorized: {"WWW-Authenticate": "Bearer"},
    }
    status = STATUSES.get(type(error), 500)
    return problem(status, type(error).__name__, str(error), headers.get(type(error)))


def install(app: FastAPI) -> None:
    """Answer every exception of `app` in the envelope."""

    @app.exception_handler(errors.CircuitExplorerError)
    def known(_: Request, error: errors.CircuitExplorerError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "InvalidRequest", "; ".join(map(_sentence, error.errors())))

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> JSONResponse:
        detail = str(error.detail)
        if error.status_code == 404:
            detail = f"There is nothing at {request.url.path}."
        elif error.status_code == 405:
            detail = f"{request.url.path} does not take {request.method}."
        name = {404: "NotFound", 405: "MethodNotAllowed"}.get(error.status_code, "HTTPError")
        return problem(error.status_code, name, detail, error.headers)

    @app.exception_handler(Exception)
    def unexpected(_: Request, __: Exception) -> JSONResponse:
        return problem(500, "InternalError", "The server failed; its log says how. Nothing was stored.")


def _sentence(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors as a sentence: 'prompt: Field required'."""
    where = ".".join(str(part) for part in error["loc"][1:])  # the first part is 'body', 'query' or 'path'
    if error["type"] == "json_invalid":
        return f"The request's body is not JSON: {error['ctx']['error']}"
    return f"{where or 'request'}: {error['msg'].removeprefix('Value error, ')}"
