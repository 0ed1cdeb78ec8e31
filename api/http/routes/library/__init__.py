"""The library: stored graphs by their prompts, in collections."""

from fastapi import APIRouter

from api.http.routes.library import collections, prompts

router = APIRouter()
for routes in (prompts, collections):
    router.include_router(routes.router)
