"""One attention head across all stored graphs."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path, Request

from api.http.errors import UnescapedName, documented
from api.http.routes.served import Served, named_parts
from queries.errors import HeadNotFound
from queries.internals.records import HeadRecord
from queries.words import MAX_INTEGER

router = APIRouter(tags=["internals"])

FORM = "/api/heads/MODEL/LAYER/HEAD"
Number: TypeAlias = Annotated[int, Path(ge=0, le=MAX_INTEGER)]


@router.get("/api/heads/{model:path}/{layer}/{head}", responses=documented(HeadNotFound, UnescapedName))
def get_head_in_graphs(
    explorer: Served,
    request: Request,
    model: Annotated[str, Path(description="A slash in it is written %2F")],  # noqa: ARG001  # for the document
    layer: Number,
    head: Number,
) -> HeadRecord:
    """A model's attention head: what was measured of it, and what it did on the prompts of stored graphs."""
    return explorer.store.head(named_parts(request, FORM)[0], layer, head)
