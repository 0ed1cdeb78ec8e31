"""Ranked paths, flow and the scores' definitions as answers."""

from typing import Literal

from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, GroupStep, PathNode, RankedGroup, RankedPath
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Record
from queries.paths.flow import group_flow, node_flow, pair_flow
from queries.paths.groups import group_nodes
from queries.paths.question import FlowQuestion, PathsQuestion, Ranking
from queries.paths.scores import SCORES
from queries.paths.selectors import select
from queries.words import GroupBy, ScoreName


class PathTarget(Record):
    node: PathNode
    weight: float = Field(
        description="What influence and contribution are multiplied by: its share of the probability"
    )


class PathsAnswer(Record):
    """The best paths to a target, and how much of its influence they are.

    All shares are of the target's total absolute influence, which is 1; null where it cannot be known.
    """

    graph: str
    score: ScoreName
    group_by: Literal["none", GroupBy]
    targets: list[PathTarget]
    total: float = Field(description="What comes from the sources, over all paths")
    matching: float | None = Field(description="The same over the paths that satisfy the query")
    covered: float = Field(description="The same over the paths answered here")
    direct: float = Field(description="What source -> target edges carry")
    from_errors: float = Field(description="What starts at error nodes")
    pruned_away: float | None = Field(
        description="What pruning removed; null for an import, whose whole trace is not known"
    )
    n_active_features: int | None = Field(description="Shares are over the selected ones of these")
    n_selected_features: int | None
    paths: list[RankedPath] | None = Field(description="Null where grouped")
    groups: list[RankedGroup] | None = Field(description="Null where not grouped")


class GroupFlow(Record):
    group: GroupStep
    flow: float = Field(description="Of the paths that contain a node of the group, each counted once")


class FlowAnswer(Record):
    """The influence of the paths from the sources to the targets that contain a node, for every node.

    All shares are of the targets' total absolute influence, which is 1.
    """

    graph: str
    targets: list[PathTarget]
    via: PathNode | None = Field(description="Where given, only paths that contain this node too are counted")
    total: float = Field(description="What comes from the sources, over all paths")
    flow: list[float] = Field(description="One for each node of `/nodes`, in its order")
    groups: list[GroupFlow] | None = Field(description="Largest first; null where not grouped")


class ScoreAnswer(Record):
    name: str
    definition: str
    unit: str
    sign: str
    order: str
    meaning: str
    grouped: bool = Field(description="Whether paths can be ranked in groups by it")


class ScoresAnswer(Record):
    """What paths can be ranked by; the first is the default."""

    scores: list[ScoreAnswer]


def scores() -> ScoresAnswer:
    """The definitions of the scores."""
    return ScoresAnswer(
        scores=[
            ScoreAnswer(
                name=score.name,
                definition=score.definition,
                unit=score.unit,
                sign=score.sign,
                order=score.order,
                meaning=score.meaning,
                grouped=score.grouped,
            )
            for score in SCORES.values()
        ]
    )


def paths(graph: AttributionGraph, question: PathsQuestion, ranking: Ranking) -> PathsAnswer:
    """A ranking of a graph's paths as an answer."""
    build, totals = AnswerBuilder(graph), ranking.totals
    return PathsAnswer(
        graph=graph.record.id,
        score=question.score,
        group_by=question.group_by,
        targets=[PathTarget(node=build.node(node), weight=weight) for node, weight in ranking.targets],
        total=totals.total,
        matching=totals.matching,
        covered=ranking.covered,
        direct=totals.direct,
        from_errors=totals.from_errors,
        pruned_away=totals.pruned_away,
        n_active_features=graph.record.n_active_features,
        n_selected_features=graph.record.n_selected_features,
        paths=None if ranking.paths is None else [build.path(path) for path in ranking.paths],
        groups=None
        if ranking.groups is None
        else [build.group(sequence, names) for sequence, names in ranking.groups],
    )


def flow(graph: AttributionGraph, question: FlowQuestion) -> FlowAnswer:
    """The flow through every node, and every group, as an answer. Raises InvalidRequest."""
    space, build = question.space(graph), AnswerBuilder(graph)
    via = None if question.via is None else _one(graph, question.via)
    of_nodes = node_flow(space) if via is None else pair_flow(space, via)
    groups = None
    if question.group_by != "none":
        number, name = group_nodes(graph, question.group_by, question.unlabelled)
        of_groups = group_flow(space, number)
        groups = [
            GroupFlow(
                group=build.step((number == group).nonzero()[0].tolist(), name[group]),
                flow=float(of_groups[group]),
            )
            for group in (-of_groups).argsort(kind="stable").tolist()
            if of_groups[group] > 0.0
        ]
    return FlowAnswer(
        graph=graph.record.id,
        targets=[
            PathTarget(node=build.node(node), weight=float(space.ends[node]))
            for node in space.targets.tolist()
        ],
        via=None if via is None else build.node(via),
        total=space.total,
        flow=of_nodes.tolist(),
        groups=groups,
    )


def _one(graph: AttributionGraph, text: str) -> int:
    named = select(graph, "via", [text])
    if len(named) != 1:
        raise InvalidRequest("via", f"{text!r} names {len(named)} nodes; one is expected")
    return named[0]
