"""Shared by routes: the explorer that the application serves, and the way to answer with large bodies."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from fastapi.responses import Response

from api.explorer import Explorer
from queries.graph.records import Record


async def _explorer(request: Request) -> Explorer:
    explorer: Explorer = request.app.state.explorer
    return explorer


Served: TypeAlias = Annotated[Explorer, Depends(_explorer)]


def json_response(answer: Record) -> Response:
    """A large answer as JSON, serialized in the route's own thread.

    FastAPI would serialize it in the event loop, and all other requests would wait.
    """
    return Response(answer.model_dump_json(), media_type="application/json")
