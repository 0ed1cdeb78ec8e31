"""One feature across all stored graphs."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Path, Query, Request

from api.http.answers.across.features import (
    FeatureGraphsAnswer,
    FeatureGraphsQuestion,
    feature_graphs_page,
)
from api.http.answers.annotation import Author, FeatureLabel
from api.http.errors import UnescapedName, documented
from api.http.routes.served import Served, Storing, named_parts
from queries.errors import FeatureNotFound, ReadOnlyDataSet, StorageFull
from queries.graph.features import PERSON, FeatureRecord
from queries.store.rows import FeatureIdentity
from queries.words import MAX_INTEGER

router = APIRouter(tags=["features"])


Number: TypeAlias = Annotated[int, Path(ge=0, le=MAX_INTEGER)]
Site: TypeAlias = Annotated[
    str | None, Query(description="`attn` for a feature of attention; else one of the MLP")
]
NAMES = "{model:path}/{transcoder_set:path}/{layer}/{index}"
FORM = "/api/features/MODEL/SET/LAYER/INDEX"
FEATURE, LABEL = f"/api/features/{NAMES}", f"/api/labels/{NAMES}"
GRAPHS = "/graphs"
Name: TypeAlias = Annotated[str, Path(description="A slash in it is written %2F")]


def _feature(
    request: Request,
    model: Name,  # noqa: ARG001  # for the document
    transcoder_set: Name,  # noqa: ARG001
    layer: Number,
    index: Number,
    site: Site = None,
) -> FeatureIdentity:
    named = named_parts(request, FORM)
    return named[0], named[1], layer, index, site


def _firing(
    request: Request,
    model: Name,  # noqa: ARG001
    transcoder_set: Name,  # noqa: ARG001
    layer: Number,
    index: Number,
    asked: Annotated[FeatureGraphsQuestion, Query()],
) -> FeatureIdentity:
    named = named_parts(request, FORM + GRAPHS)
    return named[0], named[1], layer, index, asked.site


Named: TypeAlias = Annotated[FeatureIdentity, Depends(_feature)]


# Before the feature itself, whose layer and index may be any two parts of an address.
@router.get(f"{FEATURE}{GRAPHS}", responses=documented(FeatureNotFound, UnescapedName))
def list_feature_graphs(
    explorer: Served,
    feature: Annotated[FeatureIdentity, Depends(_firing)],
    asked: Annotated[FeatureGraphsQuestion, Query()],
) -> FeatureGraphsAnswer:
    """The graphs in which a feature fires, and where in their prompts, a page at a time."""
    found = explorer.store.feature_graphs(feature, asked.sort, asked.limit + 1, asked.place)
    if not found and asked.after is None:
        explorer.store.feature(*feature)  # a feature that is kept fires nowhere, another is not stored
    return feature_graphs_page(found, asked)


@router.get(FEATURE, responses=documented(FeatureNotFound, UnescapedName))
def get_feature(explorer: Served, feature: Named) -> FeatureRecord:
    """A feature's explanations, the newest graphs it appears in, and what else is kept of it."""
    return explorer.feature(*feature)


@router.put(LABEL, responses=documented(FeatureNotFound, UnescapedName, ReadOnlyDataSet, StorageFull))
def label_feature(explorer: Storing, feature: Named, given: FeatureLabel) -> FeatureRecord:
    """Label a feature, in place of what the same author called it: every graph shows it, whatever else it is called."""
    return explorer.label(feature, given.author, given.text)


@router.delete(
    LABEL,
    responses=documented(FeatureNotFound, UnescapedName, ReadOnlyDataSet, StorageFull),
    status_code=204,
)
def remove_label(
    explorer: Storing, feature: Named, author: Annotated[Author, Query(description="Whose label")] = PERSON
) -> None:
    """Take an author's label of a feature away. What nobody else uses or explained goes with it."""
    explorer.store.set_label(feature, author, None)
