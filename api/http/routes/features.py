"""One feature across all stored graphs."""

from typing import Annotated, TypeAlias
from urllib.parse import unquote

from fastapi import APIRouter, Depends, Path, Query, Request

from api.http.errors import UnescapedName, documented
from api.http.routes.served import Served
from queries.errors import FeatureNotFound
from queries.graph.features import FeatureRecord
from queries.words import MAX_INTEGER

router = APIRouter(tags=["features"])


Number: TypeAlias = Annotated[int, Path(ge=0, le=MAX_INTEGER)]


def _feature_names(
    request: Request,
    model: Annotated[str, Path(description="A slash in it is written %2F")],  # noqa: ARG001  # for the document
    transcoder_set: Annotated[str, Path(description="A slash in it is written %2F")],  # noqa: ARG001
) -> tuple[str, str]:
    """Model and transcoder set, from the raw path: in the decoded one, slashes inside the names divide it too."""
    path = request.scope["raw_path"].decode("ascii")
    escaped = path.partition("/api/features/")[2].split("/")
    if len(escaped) != 4:
        raise UnescapedName(path)
    return unquote(escaped[0]), unquote(escaped[1])


@router.get(
    "/api/features/{model:path}/{transcoder_set:path}/{layer}/{index}",
    responses=documented(FeatureNotFound, UnescapedName),
)
def get_feature(
    explorer: Served,
    names: Annotated[tuple[str, str], Depends(_feature_names)],
    layer: Number,
    index: Number,
    site: Annotated[
        str | None, Query(description="`attn` for a feature of attention; else one of the MLP")
    ] = None,
) -> FeatureRecord:
    """A feature's explanations, the graphs it appears in, and what else is kept of it."""
    model, transcoder_set = names
    return explorer.feature(model, transcoder_set, layer, index, site)
