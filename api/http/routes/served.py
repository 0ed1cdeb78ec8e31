"""What every route gets: the explorer that the application serves."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Request
from fastapi.responses import Response

from api.explorer import Explorer
from queries.graph.records import Record


async def _explorer(request: Request) -> Explorer:
    explorer: Explorer = request.app.state.explorer
    return explorer


Served: TypeAlias = Annotated[Explorer, Depends(_explorer)]


def written(answer: Record) -> Response:
    """A large answer as JSON, written in the route's own thread: FastAPI would write it in the event loop, which all
    other requests wait for."""
    return Response(answer.model_dump_json(), media_type="application/json")
