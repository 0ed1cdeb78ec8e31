"""The internals of a graph's prompt: computed by a job, and read as arrays."""

from fastapi import APIRouter

from api.http.routes.internals import computing, reading

router = APIRouter()
router.include_router(computing.router)
router.include_router(reading.router)
