"""Views of a graph: list, read, write over a revision, delete; and their supernodes one at a time."""

from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http.answers import views as answers
from api.http.answers.views import KeptGroups, ViewAnswer, ViewsAnswer, WrittenSupernode, WrittenView
from api.http.errors import documented
from api.http.routes.served import Served, Storing, json_response
from api.http.waiting import ranked
from queries import errors
from queries.graph.attribution_graph import AttributionGraph, View
from queries.limits import Limits
from queries.paths.groups import find_groups
from queries.views import in_view, with_groups, with_supernode, without_supernode, written
from queries.words import MAX_INTEGER

router = APIRouter(tags=["views"])

VIEW = "/api/graphs/{graph_id}/views/{view}"
SUPERNODE = f"{VIEW}/supernodes/{{supernode:path}}"

Read: TypeAlias = Annotated[
    int, Query(ge=1, le=MAX_INTEGER, description="The view's revision, as it was read")
]


def _changing(*leaves: type[errors.CircuitExplorerError]) -> dict[int | str, dict[str, Any]]:
    everywhere = errors.GraphNotFound, errors.ViewChanged, errors.ReadOnlyDataSet, errors.StorageFull
    return documented(*everywhere, *leaves)


@router.get("/api/graphs/{graph_id}/views", responses=documented(errors.GraphNotFound))
def list_views(explorer: Served, graph_id: str) -> ViewsAnswer:
    """The graph's views, and which of them counts where none is named."""
    return answers.views(explorer.store.views(graph_id))


@router.get(VIEW, responses=documented(errors.GraphNotFound, errors.ViewNotFound))
def get_view(explorer: Served, graph_id: str, view: str) -> ViewAnswer:
    """A view: what is pinned and drawn, and what else its clients keep."""
    graph = explorer.graph(graph_id)
    found = next((one for one in graph.views if one.name == view), None)
    if found is None:
        raise errors.ViewNotFound(graph_id, view, [one.name for one in graph.views])
    return answers.view(graph, found)


@router.put(VIEW, responses=_changing())
def put_view(explorer: Storing, graph_id: str, view: str, given: WrittenView) -> ViewAnswer:
    """Make a view, or write over the revision of it that was read; 409 where it has another one by now."""

    def change(graph: AttributionGraph, before: View) -> View:
        state = given.state.model_dump(exclude={"supernodes"})
        drawn = [(one.name, one.nodes) for one in given.state.supernodes]
        return written(graph, before, given.notes, state, drawn)

    return answers.view(*explorer.change_view(graph_id, view, given.revision or 0, change))


@router.delete(VIEW, status_code=204, responses=_changing(errors.ViewNotFound))
def delete_view(explorer: Storing, graph_id: str, view: str, revision: Read) -> None:
    """Delete the revision of a view that was read, with its supernodes."""
    explorer.store.delete_view(graph_id, view, revision)


@router.put(SUPERNODE, responses=_changing(errors.SupernodeNotFound))
def put_supernode(
    explorer: Storing, graph_id: str, view: str, supernode: str, given: WrittenSupernode
) -> ViewAnswer:
    """Draw a supernode in a view, or give one other nodes or another name. The view is made where it is not there."""

    def change(graph: AttributionGraph, before: View) -> View:
        return with_supernode(graph, before, supernode, given.nodes, given.name)

    return answers.view(*explorer.change_view(graph_id, view, given.revision or 0, change))


@router.delete(SUPERNODE, responses=_changing(errors.SupernodeNotFound))
def remove_supernode(
    explorer: Storing, graph_id: str, view: str, supernode: str, revision: Read
) -> ViewAnswer:
    """Remove a supernode of a view. Its nodes stay."""
    return answers.view(
        *explorer.change_view(
            graph_id, view, revision, lambda _, before: without_supernode(before, supernode)
        )
    )


@router.post(
    f"{VIEW}/supernodes",
    response_model=ViewAnswer,
    responses=_changing(errors.QueryTimeout, errors.ServerBusy),
)
async def keep_groups(
    explorer: Storing, graph_id: str, view: str, given: KeptGroups, request: Request
) -> Response:
    """Keep a grouping's named groups as supernodes of a view, which is made where it is not there."""

    def change(graph: AttributionGraph, before: View) -> View:
        grouped = in_view(graph, given.view)
        grouping, _ = find_groups(
            grouped, given.space(grouped), given.group_by, given.unlabelled, given.groups
        )
        return with_groups(graph, before, grouping, only=given.only)

    def keep(_: Limits) -> Response:
        changed = explorer.change_view(graph_id, view, given.revision or 0, change, given.labels)
        return json_response(answers.view(*changed))

    return await ranked(request, explorer.rankings, keep)
