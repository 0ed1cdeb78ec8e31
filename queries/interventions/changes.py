"""What an intervention is asked to change, in selectors; and the features that this sets to values."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NamedTuple, Self

import numpy as np
from pydantic import Field, model_validator

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.interventions import ChangedFeature, Op
from queries.graph.records import Finite, Record
from queries.interventions.donors import align
from queries.paths.selectors import select
from queries.words import MAX_CHANGES, MAX_INTEGER, MAX_SELECTORS

TRANSPLANT_FACTOR = 2.0
"""Of the donor's activation: 1 is too little, since what stands there is spoken against by the rest of the prompt."""

_TAKES: dict[Op, set[str]] = {
    "suppress": set(),
    "scale": {"factor"},
    "set": {"value"},
    "transplant": {"donor", "factor", "part"},
}
"""What each op takes beside nodes; `factor` of a transplant and `part` have defaults."""


class Change(Record):
    """A change to the features of selectors."""

    op: Op = Field(
        "suppress",
        description="`suppress`: to 0; `scale`: to `factor` times the activation; `set`: to `value`; "
        "`transplant`: what the `donor` graph has in their place, at `factor` times its activation there",
    )
    nodes: list[str] = Field(
        default_factory=list,
        max_length=MAX_CHANGES,
        description="Selectors of feature nodes; none for a transplant of the whole difference",
    )
    factor: Annotated[float, Field(ge=-5.0, le=5.0)] | None = Field(
        None, description=f"Of `scale`; of a transplant {TRANSPLANT_FACTOR:g} unless given"
    )
    value: Finite | None = Field(None, description="Of `set`")
    donor: str | None = Field(None, description="The graph that a transplant takes from")
    part: Literal["nodes", "whole"] | None = Field(
        None,
        description="Of a transplant: `nodes` (unless given), at the positions of the nodes; or `whole`, all in which "
        "the two graphs differ",
    )

    @model_validator(mode="after")
    def _fits_its_op(self) -> Self:
        takes = _TAKES[self.op]
        for name in ("factor", "value", "donor", "part"):
            if getattr(self, name) is not None and name not in takes:
                raise ValueError(f"{self.op} takes no {name}")
        for name in takes & {"factor", "value", "donor"}:
            if getattr(self, name) is None and not (self.op == "transplant" and name == "factor"):
                raise ValueError(f"{self.op} needs a {name}")
        if not self.nodes and self.part != "whole":
            raise ValueError("name nodes to change")
        if self.nodes and self.part == "whole":
            raise ValueError("the whole difference takes no nodes")
        return self


class InterventionQuestion(Record):
    """An intervention: all its changes are made at once."""

    changes: list[Change] = Field(min_length=1, max_length=MAX_SELECTORS)
    seed: int | None = Field(
        None,
        ge=0,
        le=MAX_INTEGER,
        description="By which controls are drawn; made from the graph's id unless given",
    )
    note: str | None = Field(None, max_length=1000, description="Kept with the result")

    @property
    def donors(self) -> list[str]:
        """The ids of the graphs that it takes from."""
        return list(dict.fromkeys(change.donor for change in self.changes if change.donor is not None))


class Resolved(NamedTuple):
    """A changed feature, and its node in the graph, where it has one."""

    change: ChangedFeature
    node: int | None


def resolve(
    graph: AttributionGraph, changes: Iterable[Change], donors: Mapping[str, AttributionGraph]
) -> list[Resolved]:
    """The features that the changes set, by layer, position and index. Raises InvalidRequest."""
    found: dict[tuple[int, int, int], Resolved] = {}
    for change in changes:
        for one in _resolved(graph, change, donors):
            if one.change.place in found:
                name = "/".join(map(str, one.change.place))
                raise InvalidRequest(
                    "changes", f"two of them change the feature {name} (layer/position/index)"
                )
            found[one.change.place] = one
    if not found:
        raise InvalidRequest("changes", "they change nothing: both graphs have the same features there")
    if len(found) > MAX_CHANGES:
        raise InvalidRequest(
            "changes", f"they change {len(found):,} features; at most {MAX_CHANGES:,} are taken"
        )
    return [found[place] for place in sorted(found)]


def factors_of(resolved: Iterable[Resolved]) -> dict[int, float]:
    """The factor of the activation of each changed node, for `predict`."""
    return {
        one.node: one.change.value / one.change.before
        for one in resolved
        if one.node is not None and one.change.before
    }


def _resolved(
    graph: AttributionGraph, change: Change, donors: Mapping[str, AttributionGraph]
) -> Iterable[Resolved]:
    named = _features(graph, change.nodes) if change.nodes else []
    if change.op == "transplant":
        yield from _transplanted(graph, change, named, donors[str(change.donor)])
        return
    for node in named:
        before = float(graph.nodes.activation[node])
        factor = {"suppress": 0.0, "scale": change.factor, "set": None}[change.op]
        value = change.value if factor is None else factor * before
        assert value is not None
        yield _changed(graph, node, change.op, factor, value)


def _features(graph: AttributionGraph, selectors: list[str]) -> list[int]:
    """The feature nodes that the selectors name. Raises InvalidRequest where one names anything else."""
    nodes, chosen = graph.nodes, list(select(graph, "nodes", selectors))
    for node in chosen:
        if nodes.kind[node] != NodeKind.FEATURE:
            what = f"{NodeKind(nodes.kind[node]).word} nodes"
            raise InvalidRequest("nodes", f"only feature nodes can be changed, and they name {what} too")
        if nodes.site[node] is not None:
            raise InvalidRequest("nodes", "features of attention cannot be changed")
        if not np.isfinite(nodes.activation[node]):
            raise InvalidRequest(
                "nodes", f"the activation of {nodes.keys('', np.array([node]))[0][1:]} is not stored"
            )
    return chosen


def _changed(
    graph: AttributionGraph, node: int, op: Op, factor: float | None, value: float, donor: str | None = None
) -> Resolved:
    nodes = graph.nodes
    change = ChangedFeature(
        key=nodes.keys(graph.record.id, np.array([node]))[0],
        layer=int(nodes.layer[node]),
        position=int(nodes.position[node]),
        index=int(nodes.index[node]),
        op=op,
        factor=factor,
        donor=donor,
        before=float(nodes.activation[node]),
        value=value,
    )
    return Resolved(change, node)


def _transplanted(
    graph: AttributionGraph, change: Change, named: list[int], donor: AttributionGraph
) -> Iterable[Resolved]:
    """What the donor has not is set to 0; what it alone has, to a multiple of its activation there. Places are counted
    from the end. Of named nodes, these are switched off and the donor's at their positions take their place."""
    align(graph.record, donor.record)
    shift = len(graph.record.tokens) - len(donor.record.tokens)
    factor = TRANSPLANT_FACTOR if change.factor is None else change.factor
    own, other = _by_place(graph), _by_place(donor)
    theirs = {(layer, position + shift, index): node for (layer, position, index), node in other.items()}
    chosen = set(named) if named else set(own.values())
    positions = {int(graph.nodes.position[node]) for node in chosen} if named else None
    for place, node in own.items():
        if node in chosen and place not in theirs:
            yield _changed(graph, node, "transplant", 0.0, 0.0, donor.record.id)
    for place, node in theirs.items():
        layer, position, index = place
        wanted = position > 0 if positions is None else position in positions
        if place in own or not wanted:
            continue
        value = factor * float(donor.nodes.activation[node])
        new = ChangedFeature(
            key=None,
            layer=layer,
            position=position,
            index=index,
            op="transplant",
            factor=factor,
            donor=donor.record.id,
            value=value,
        )
        yield Resolved(new, None)


def _by_place(graph: AttributionGraph) -> dict[tuple[int, int, int], int]:
    """The feature nodes of the MLPs with stored activations, by layer, position and index."""
    nodes = graph.nodes
    return {
        (int(nodes.layer[node]), int(nodes.position[node]), int(nodes.index[node])): node
        for node in nodes.of_kind(NodeKind.FEATURE).tolist()
        if nodes.site[node] is None and np.isfinite(nodes.activation[node])
    }
