"""The page: web/'s build, served for every path that is not the API's."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

BUILD = Path(__file__).parents[2] / "web" / "dist"

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


def install(app: FastAPI) -> None:
    """Serve the built files by name and the page itself for its own addresses (`/graphs/…`)."""

    @app.api_route("/{path:path}", methods=["GET", "HEAD"], include_in_schema=False)
    def page(path: str) -> Response:
        if path.startswith("api/"):
            raise HTTPException(404)
        file = _built(path)
        if file is not None:
            immutable = path.startswith("assets/")  # their names contain a hash of their content
            cache = "public, max-age=31536000, immutable" if immutable else "no-cache"
            return FileResponse(file, headers={"Cache-Control": cache})
        if Path(path).suffix and not path.startswith(NAMED):
            raise HTTPException(404)
        index = BUILD / "index.html"
        if not index.is_file():
            return HTMLResponse(UNBUILT)
        return FileResponse(index, headers={"Cache-Control": "no-cache"})
