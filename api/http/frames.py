"""Which answers other pages may show in a frame: a graph's drawing (`?embed=true`), on sites that were named.

What lies over a frame can guide a reader's clicks to what is under it. So the whole page, which saves and deletes, is
never shown in one. The drawing alone changes nothing; still, it tells what graphs there are to whoever embeds it, so
only the server's own pages and the sites of `--allow-frame` may. The page itself shows no more than a drawing in a
frame (`web/src/shared/frames/embed.ts`).
"""

import re
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Scope

from queries.errors import MAX_QUOTED, InvalidRequest

ORIGIN = re.compile(r"https?://(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?")
GRAPH_PAGE = re.compile(r"/graphs/[^/]+/?")


def origins(given: tuple[str, ...]) -> tuple[str, ...]:
    """The origins of sites as people give them. Raises InvalidRequest."""
    for one in given:
        if not ORIGIN.fullmatch(one):
            why = f"{one[:MAX_QUOTED]!r} is no origin such as https://wiki.example or http://localhost:8888"
            raise InvalidRequest("--allow-frame", why)
    return given


def is_drawing(scope: Scope) -> bool:
    """Whether the address is that of a graph's drawing alone."""
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    said = [value for name, value in query if name == "embed"]
    return GRAPH_PAGE.fullmatch(scope["path"]) is not None and said == ["true"]


def ancestors(scope: Scope, framers: tuple[str, ...]) -> str:
    """Who may show this answer in a frame, as the content security policy names them."""
    return " ".join(("'self'", *framers)) if is_drawing(scope) else "'none'"


def opens_a_frame(scope: Scope, headers: Headers) -> bool:
    """Whether a page shows a graph's drawing in a frame. Which page that is, the browser knows: it asks `ancestors`."""
    return (
        scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") in ("iframe", "frame")
        and is_drawing(scope)
    )
