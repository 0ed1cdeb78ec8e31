"""The page: web/'s build, served for every path that is not the API's."""

import gzip
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse

BUILD = Path(__file__).parents[2] / "web" / "dist"

MOST_FILES = 256
"""Of whose contents the compressed ones are kept: several times as many as a build has."""

NAMED = ("graphs/", "collections/", "features/")
"""Addresses of the page that end in a name, which may have a dot."""

UNBUILT = """<!doctype html><meta charset="utf-8"><title>Circuit Explorer</title>
<p>The page is not built yet: run <code>make install</code>. The API is at <a href="/api/docs">/api/docs</a>.</p>"""


def _built(path: str) -> Path | None:
    """The built file of this name; None where there is none, or the name cannot be one's (NUL, too long)."""
    try:
        file = (BUILD / path).resolve()
        return file if file.is_file() and file.is_relative_to(BUILD.resolve()) else None
    except (OSError, ValueError, RuntimeError):
        return None


@lru_cache(maxsize=MOST_FILES)
def _compressed(file: Path, tag: str) -> tuple[bytes, str]:
    """The content that a file has under this tag, which is not read again, and the tag of its compressed bytes."""
    return gzip.compress(file.read_bytes(), mtime=0), tag.removesuffix('"') + '-gzip"'


def _sent(file: Path, request: Request, cache: str) -> Response:
    """A built file as this request can read it, or that the browser has it still.

    It is compressed once and not, as answers of the API are, for each request: a script of the page would keep its
    first question waiting.
    """
    facts = file.stat()
    plain = FileResponse(file, stat_result=facts, headers={"Cache-Control": cache})
    sent: Response = plain
    # A part of a file is a part of its own bytes.
    if "gzip" in request.headers.get("Accept-Encoding", "") and "Range" not in request.headers:
        kept = {name: plain.headers[name] for name in ("Cache-Control", "Last-Modified")}
        content, tag = _compressed(file, plain.headers["ETag"])
        sent = Response(
            content,
            headers={**kept, "Content-Encoding": "gzip", "Vary": "Accept-Encoding", "ETag": tag},
            media_type=plain.media_type,
        )
    known = request.headers.get("If-None-Match", "").split(",")
    if sent.headers["ETag"] in (tag.strip().removeprefix("W/") for tag in known):
        return NotModifiedResponse(sent.headers)
    return sent


def install(app: FastAPI) -> None:
    """Serve the built files by name and the page itself for its own addresses (`/graphs/…`)."""

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            raise HTTPException(404)
        file = _built(path)
        if file is not None:
            immutable = path.startswith("assets/")  # their names contain a hash of their content
            cache = "public, max-age=31536000, immutable" if immutable else "no-cache"
            return _sent(file, request, cache)
        if Path(path).suffix and not path.startswith(NAMED):
            raise HTTPException(404)
        index = BUILD / "index.html"
        if not index.is_file():
            return HTMLResponse(UNBUILT)
        return _sent(index, request, "no-cache")
