"""Shared by routes: the explorer that the application serves, and the way to answer with large bodies."""

from typing import Annotated, TypeAlias
from urllib.parse import unquote

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic_core import to_json

from api.explorer import Explorer
from api.http.errors import UnescapedName
from queries.graph.records import Record


async def _explorer(request: Request) -> Explorer:
    explorer: Explorer = request.app.state.explorer
    return explorer


PIECE = 500
"""Items of a list that are serialized at a time."""

Served: TypeAlias = Annotated[Explorer, Depends(_explorer)]


async def _writable(explorer: Served) -> Explorer:
    explorer.store.check_writable()
    return explorer


Storing: TypeAlias = Annotated[Explorer, Depends(_writable)]
"""For a route that stores, changes or deletes something: it is refused at once where the database is only read."""


def named_parts(request: Request, form: str) -> list[str]:
    """What follows /api/ and the kind of thing in the address of a request, which looks like `form`.

    It comes from the raw path: in the decoded one, slashes inside the names divide it too. Raises UnescapedName where
    it has more parts.
    """
    path = request.scope["raw_path"].decode("ascii")
    escaped = path.split("/")[3:]
    if len(escaped) != len(form.split("/")[3:]):
        raise UnescapedName(path, form)
    return [unquote(part) for part in escaped]


def json_response(answer: Record) -> Response:
    """A large answer as JSON, serialized in the route's own thread.

    FastAPI would serialize it in the event loop, and all other requests would wait. They wait, too, while any one piece
    is serialized, since that holds Python's lock: so long lists are several.
    """
    long = {name for name, value in answer if isinstance(value, list) and len(value) > PIECE}
    parts = [answer.model_dump_json(exclude=long).encode().removesuffix(b"}")]
    for name in sorted(long):
        items = getattr(answer, name)
        pieces = (items[begin : begin + PIECE] for begin in range(0, len(items), PIECE))
        inside = b",".join(to_json(piece, inf_nan_mode="null")[1:-1] for piece in pieces)
        parts.append(b'"%b":[%b]' % (name.encode(), inside))
    return Response(b",".join(parts) + b"}", media_type="application/json")
