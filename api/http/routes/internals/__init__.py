"""The internals of a graph's prompt: computed by a job, read as arrays, and a head in all graphs."""

from fastapi import APIRouter

from api.http.routes.internals import computing, heads, reading

router = APIRouter()
router.include_router(computing.router)
router.include_router(reading.router)
router.include_router(heads.router)
