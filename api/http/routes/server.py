"""The server itself: its health, and the session that a browser opens with the token."""

import os

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.http import errors, guard
from api.http.answers.server import Health, OutlivingQuery, SessionRequest
from api.http.routes.served import Served
from api.token import COOKIE, SESSION_SECONDS

router = APIRouter(tags=["server"])


@router.get("/api/health")
async def health(explorer: Served, request: Request) -> Health:
    """Who answers: the server's version, process, database and data folder; and what ended queries still burden it."""
    return Health(
        status="ok",
        version=request.app.version,
        database=explorer.store.url,
        content=explorer.store.content,
        data=str(explorer.data),
        pid=os.getpid(),
        outliving_queries=[OutlivingQuery(**one._asdict()) for one in explorer.cypher.outliving],
    )


@router.post(guard.SESSION, status_code=204)
def open_session(explorer: Served, given: SessionRequest, request: Request, response: Response) -> None:
    """Tell the server's token once: a browser then proves it by a cookie. Without effect where there is none."""
    if explorer.token is None:
        return
    if not explorer.token.is_same(given.token):
        raise errors.Unauthorized
    response.set_cookie(
        COOKIE,
        explorer.token.open_session(),
        max_age=SESSION_SECONDS,
        path="/api",
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="strict",
    )
