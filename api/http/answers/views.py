"""Views of a graph: as they are answered, written, and changed a supernode at a time."""

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field, JsonValue

from queries.graph.attribution_graph import AttributionGraph, View, default_view
from queries.graph.records import Record
from queries.paths.question import GRAMMAR, GroupsQuestion
from queries.words import (
    MAX_INTEGER,
    MAX_MEMBERS,
    MAX_NAME,
    MAX_NOTES,
    MAX_PINNED,
    MAX_SUPERNODES,
    MAX_TESTS,
    GroupBy,
    Unlabelled,
)

Revision: TypeAlias = Annotated[
    int | None,
    Field(ge=0, le=MAX_INTEGER, description="Of the view, as it was read; 0 or null: it is to be made"),
]
Name: TypeAlias = Annotated[str, Field(max_length=MAX_NAME)]


class ListedView(Record):
    name: str
    revision: int
    notes: str
    changed_at: datetime | None = Field(description="Null: since its graph was loaded, nobody changed it")
    n_pinned: int
    n_supernodes: int
    n_tests: int


class ViewsAnswer(Record):
    views: list[ListedView] = Field(description="By name")
    default: str | None = Field(description="The one that counts where none is named; null: there is none")


class DrawnSupernode(Record):
    """Nodes under a name; of a node that several hold, the first one counts."""

    name: str
    nodes: list[str] = Field(description="Their ids, or the ends of these", max_length=MAX_MEMBERS)


class ViewState(Record):
    """What is looked at. A client may keep further fields, which come back as they are."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    pinned: list[str] = Field(
        default_factory=list, max_length=MAX_PINNED, description="The nodes' ids, or the ends of these"
    )
    supernodes: list[DrawnSupernode] = Field(default_factory=list, max_length=MAX_SUPERNODES)
    tests: list[str] = Field(
        default_factory=list,
        max_length=MAX_TESTS,
        description="The ids of interventions that belong to the view, in its order; one may have been deleted since",
    )


class ViewAnswer(Record):
    graph: str
    name: str
    revision: int = Field(description="Counts the view's changes, from 1")
    notes: str
    changed_at: datetime | None
    state: ViewState


class WrittenView(Record):
    revision: Revision = None
    notes: str = Field("", max_length=MAX_NOTES)
    state: ViewState = Field(default_factory=ViewState)


class WrittenSupernode(Record):
    revision: Revision = None
    nodes: list[str] | None = Field(
        None,
        max_length=MAX_MEMBERS,
        description=f"Ids of nodes, or selectors; null: the nodes that it has. {GRAMMAR}",
    )
    name: Name | None = Field(None, description="Its new name; null: the one in the address")


class KeptGroups(GroupsQuestion):
    """Groups that become supernodes. The target counts for automatic ones."""

    revision: Revision = None
    group_by: GroupBy = Field(description="What makes the groups; those with a name are kept")
    unlabelled: Unlabelled = "own"
    only: bool = Field(
        False, description="They take the place of the view's supernodes, which else keep the nodes they hold"
    )


def views(found: tuple[View, ...]) -> ViewsAnswer:
    default = default_view(found)
    return ViewsAnswer(
        views=[
            ListedView(
                name=view.name,
                revision=view.revision,
                notes=view.notes,
                changed_at=view.changed_at,
                n_pinned=len(view.pinned),
                n_supernodes=len(view.supernodes),
                n_tests=len(view.tests),
            )
            for view in found
        ],
        default=default and default.name,
    )


def view(graph: AttributionGraph, found: View) -> ViewAnswer:
    """A view of a graph, whose nodes it names by their ids."""
    ids = graph.nodes.keys(graph.record.id)
    drawn = [
        DrawnSupernode(name=one.name, nodes=[ids[node] for node in one.members]) for one in found.supernodes
    ]
    return ViewAnswer(
        graph=graph.record.id,
        name=found.name,
        revision=found.revision,
        notes=found.notes,
        changed_at=found.changed_at,
        state=ViewState(**found.state | {"pinned": found.pinned, "supernodes": drawn, "tests": found.tests}),
    )
