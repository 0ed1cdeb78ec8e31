"""The internals of a prompt, read. All answers are of one computation, whose id is their ETag."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Header, Path, Query, Response

from api.http.answers.internals import arrays, links, summary
from api.http.answers.internals.arrays import (
    ComponentsAnswer,
    HeadAnswer,
    HeadEdgesAnswer,
    InformationFlowAnswer,
    Kind,
    LayerAnswer,
    Measure,
)
from api.http.answers.internals.links import HeadLinksAnswer, LinkAnswer
from api.http.answers.internals.summary import InternalsAnswer
from api.http.errors import NotModified, documented
from api.http.routes.internals.computing import INTERNALS
from api.http.routes.served import Served
from api.internals import PromptInternals
from queries import errors
from queries.internals.exported import ExportedAttribution
from queries.internals.findings import CellQuestion, ScorePairsFound
from queries.internals.records import MAX_EDGES_BETWEEN_HEADS
from queries.words import MAX_INTEGER, MAX_LISTED

router = APIRouter(tags=["internals"])

_READ = documented(
    errors.GraphNotFound,
    errors.InternalsNotComputed,
    errors.InvalidRequest,
    errors.InvalidGraph,
    errors.TracesUnavailable,
)
Number: TypeAlias = Annotated[int, Path(ge=0, le=MAX_INTEGER)]


def _found(explorer: Served, graph_id: str) -> PromptInternals:
    return explorer.internals.of(graph_id)


def _unchanging(
    explorer: Served,
    graph_id: str,
    response: Response,
    if_none_match: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> PromptInternals:
    """For an answer that stays as it is while the internals are these."""
    found = explorer.internals.of(graph_id)
    tag = f'"{found.record.id}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if if_none_match is not None and tag in if_none_match:
        raise NotModified(headers)
    response.headers.update(headers)
    return found


Found: TypeAlias = Annotated[PromptInternals, Depends(_found)]
Unchanging: TypeAlias = Annotated[PromptInternals, Depends(_unchanging)]


WithoutFirst: TypeAlias = Annotated[
    bool,
    Query(
        description="Whether the first token is left out as a key, and NaN; the rest of a pattern's row adds up to 1"
    ),
]


@router.get(INTERNALS, responses=_READ)
def get_internals(found: Unchanging) -> InternalsAnswer:
    """All that is told of the prompt's internals in maps of heads, and by token."""
    return summary.internals(found)


@router.get(f"{INTERNALS}/heads/{{layer}}/{{head}}", responses=_READ)
def get_head(
    explorer: Served,
    found: Unchanging,
    layer: Number,
    head: Number,
    kind: Kind = "standard",
    query: Annotated[
        int | None, Query(ge=0, le=MAX_INTEGER, description="With its q, k, and scores from this position")
    ] = None,
    without_first: WithoutFirst = False,
) -> HeadAnswer:
    """One head's attention pattern."""
    return arrays.head(explorer.internals, found, layer, head, kind, query, without_first)


@router.get(f"{INTERNALS}/heads/{{layer}}/{{head}}/links", responses=_READ)
def get_head_links(
    explorer: Served,
    found: Unchanging,
    layer: Number,
    head: Number,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 200,
) -> HeadLinksAnswer:
    """The graph's links that a head carried."""
    return links.head_links(found, explorer.graph(found.record.graph_id), layer, head, limit)


@router.get(f"{INTERNALS}/layers/{{layer}}", responses=_READ)
def get_layer(
    explorer: Served,
    found: Unchanging,
    layer: Number,
    kind: Kind = "standard",
    without_first: WithoutFirst = False,
) -> LayerAnswer:
    """The attention patterns of all heads of a layer."""
    return arrays.layer(explorer.internals, found, layer, kind, without_first)


@router.get(f"{INTERNALS}/components", responses=_READ)
def get_components(found: Unchanging) -> ComponentsAnswer:
    """Logit attribution by component."""
    return arrays.components(found)


@router.get(f"{INTERNALS}/flow", responses=_READ)
def get_information_flow(
    found: Unchanging,
    measure: Measure = "norm",
    layer: Annotated[int | None, Query(ge=0, le=MAX_INTEGER, description="Of one layer alone")] = None,
) -> InformationFlowAnswer:
    """Information flow by token."""
    return arrays.flow(found, measure, layer)


@router.get(f"{INTERNALS}/head-edges", responses=_READ)
def get_head_edges(
    found: Unchanging, limit: Annotated[int, Query(ge=1, le=MAX_EDGES_BETWEEN_HEADS)] = 200
) -> HeadEdgesAnswer:
    """What heads hand to later heads, for the prediction."""
    return arrays.head_edges(found, limit)


@router.get(f"{INTERNALS}/link", responses=_READ)
def get_link(
    explorer: Served,
    found: Found,
    source: Annotated[str, Query(description="A selector of one node")],
    target: Annotated[str, Query(description="A selector of one node")],
) -> LinkAnswer:
    """Which heads carried a link of the graph."""
    return links.link(explorer.internals, found, explorer.graph(found.record.graph_id), source, target)


@router.get(f"{INTERNALS}/cell", responses=_READ)
def get_cell(explorer: Served, found: Found, cell: Annotated[CellQuestion, Query()]) -> ScorePairsFound:
    """Why a head looks from a query to a key, where that was asked."""
    answer = explorer.internals.answer(found.record.graph_id, cell)
    assert isinstance(answer, ScorePairsFound)
    return answer


@router.get(f"{INTERNALS}/export", responses=_READ)
def export_internals(found: Unchanging) -> ExportedAttribution:
    """Token and head attribution, as notebooks read them."""
    return summary.export(found)
