"""Automatic groups as an answer: each with what it holds, and why it is one."""

import numpy as np
from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, GroupStep, PathNode
from api.http.answers.paths import Ends, ends
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Record
from queries.groups.cut import Cut
from queries.paths.answer import Groups


class TokenPart(Record):
    """The part of a group's influence that starts at a token."""

    node: PathNode
    share: float


class OutputPart(Record):
    """The part of the influence that a group hands down which goes to another group, to itself, or to a node."""

    group: int | None = Field(description="The group's place in `groups`; null for a node")
    node: PathNode | None = Field(description="A target; null for a group")
    share: float


class AutomaticGroup(Record):
    """Feature nodes that get their influence from alike sources and hand it to alike ones."""

    group: GroupStep
    n_features: int
    says: bool = Field(
        description="Whether its features are in the upper half of the layers and mostly at the last position, where "
        "they are grouped with their like only"
    )
    flow: float = Field(description="Of the paths that contain a node of the group, each counted once")
    share: float = Field(description="The group's part of the feature nodes' flow; all groups' add up to 1")
    tokens: list[TokenPart] = Field(
        description="Where its influence starts, largest first; with errors, all of it"
    )
    from_errors: float = Field(description="The part of its influence that starts at errors")
    outputs: list[OutputPart] = Field(description="Where it hands its influence to, largest first")


class GroupsAnswer(Ends):
    """A graph's automatic groups towards a target. Names say where a group's influence comes from and goes to, not what
    its features mean."""

    graph: str
    information_lost: float = Field(
        description="The part of what features tell about where influence comes from and goes to that the groups do "
        "not tell"
    )
    groups: list[AutomaticGroup] = Field(description="Those of most flow first")


def groups(graph: AttributionGraph, found: Groups) -> GroupsAnswer:
    """Automatic groups as an answer."""
    build = AnswerBuilder(graph)
    return GroupsAnswer(
        graph=graph.record.id,
        **ends(build, found.targets, found.rather_than, is_whole=False),
        information_lost=found.groups.information_lost,
        groups=[] if found.groups.cut is None else _listed(build, found, found.groups.cut),
    )


def _listed(build: AnswerBuilder, found: Groups, cut: Cut) -> list[AutomaticGroup]:
    order = np.argsort(-np.array(found.flow), kind="stable").tolist()
    place = {group: at for at, group in enumerate(order)}
    features = build.graph.nodes.feature_ids()
    sources = cut.flow.order[cut.flow.embeddings].tolist()
    listed = []
    for group in order:
        members = np.flatnonzero(found.groups.number == group).tolist()
        tokens, outputs = cut.tokens[group], cut.outputs[group]
        listed.append(
            AutomaticGroup(
                group=build.step(members, found.groups.names[group]),
                n_features=len({features[node] for node in members}),
                says=bool(cut.says[group]),
                flow=found.flow[group],
                share=float(cut.weight[group]),
                tokens=[
                    TokenPart(node=build.node(sources[at]), share=float(tokens[at]))
                    for at in _largest_first(tokens[:-1])
                ],
                from_errors=float(tokens[-1]),
                outputs=[
                    _output(build, cut, place, at, float(outputs[at])) for at in _largest_first(outputs)
                ],
            )
        )
    return listed


def _output(build: AnswerBuilder, cut: Cut, place: dict[int, int], at: int, share: float) -> OutputPart:
    if at < len(cut):
        return OutputPart(group=place[at], node=None, share=share)
    return OutputPart(group=None, node=build.node(int(cut.flow.order[at - len(cut)])), share=share)


def _largest_first(parts: Floats) -> list[int]:
    """The places of what is not 0."""
    order: list[int] = np.argsort(-parts, kind="stable")[: np.count_nonzero(parts)].tolist()
    return order
