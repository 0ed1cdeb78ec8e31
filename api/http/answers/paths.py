"""Ranked paths, flow and the scores' definitions as answers."""

from typing import Any, Literal

from pydantic import Field

from api.http.answers.nodes import (
    AnswerBuilder,
    GroupStep,
    PathEffect,
    PathNode,
    RankedGroup,
    RankedPath,
    path_effect,
)
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Record
from queries.paths.answer import AutomaticAnswer, Flow, Ranking
from queries.paths.question import PathsQuestion
from queries.paths.scores import SCORES, ScoreName
from queries.words import GroupBy


class PathTarget(Record):
    node: PathNode
    weight: float = Field(
        description="What influence and contribution are multiplied by: its share of the probability"
    )


class Ends(Record):
    """Where paths end."""

    targets: list[PathTarget]
    rather_than: PathNode | None = Field(
        description="Where given, paths end at the difference of the one target and this logit"
    )
    difference_is_exact: bool | None = Field(
        description="Whether the difference has all inputs of the whole trace; false: of the stored edges only. Null "
        "without a difference"
    )


class PathsAnswer(Ends):
    """The best paths to a target, and how much of its influence they are.

    All shares are of the target's total absolute influence, which is 1; null where it cannot be known.
    """

    graph: str
    score: ScoreName
    group_by: Literal["none", GroupBy]
    total: float = Field(description="What comes from the sources, over all paths")
    matching: float | None = Field(description="The same over the paths that satisfy the query")
    effect: PathEffect = Field(description="Of the paths that satisfy the query")
    covered: float = Field(description="The same over the paths answered here")
    direct: float = Field(description="What source -> target edges carry")
    from_errors: float = Field(description="What starts at error nodes")
    pruned_away: float | None = Field(
        description="What pruning removed; null for an import, whose whole trace is not known. For a difference over "
        "stored edges, without the inputs of the two logits that it removed"
    )
    n_active_features: int | None = Field(description="Shares are over the selected ones of these")
    n_selected_features: int | None
    paths: list[RankedPath] | None = Field(description="Null where grouped")
    groups: list[RankedGroup] | None = Field(description="Null where not grouped")
    auto: AutomaticAnswer | None = Field(description="Of automatic groups, where there are some")
    hidden: float | None = Field(
        description="What the paths carry that `hide_bos` leaves out; null where it leaves out none"
    )
    cut_at: float | None = Field(
        description="Of an `unpruned` question: the share of cumulative influence at which the trace was cut before it "
        "was kept, so that `pruned_away` is what that removed; null where all of it is ranked"
    )


class GroupFlow(Record):
    group: GroupStep
    flow: float = Field(description="Of the paths that contain a node of the group, each counted once")


class FlowAnswer(Ends):
    """The influence of the paths from the sources to the targets that contain a node, for every node.

    All shares are of the targets' total absolute influence, which is 1.
    """

    graph: str
    via: PathNode | None = Field(description="Where given, only paths that contain this node too are counted")
    total: float = Field(description="What comes from the sources, over all paths")
    flow: list[float] = Field(description="One for each node of `/nodes`, in its order")
    groups: list[GroupFlow] | None = Field(description="Largest first; null where not grouped")
    auto: AutomaticAnswer | None = Field(description="Of automatic groups, where there are some")
    hidden: float | None = Field(
        description="What the paths carry that `hide_bos` leaves out; null where it leaves out none"
    )


class ScoreAnswer(Record):
    name: ScoreName
    definition: str
    unit: str
    sign: str
    order: str
    meaning: str
    join: Literal["product", "mean", "minimum"] = Field(
        description="How the factors of a path's edges make it"
    )
    grouped: bool = Field(description="Whether paths can be ranked in groups by it")
    signed: bool = Field(description="Whether a negative score says that its path lowers the target")
    is_share: bool = Field(description="Whether it is a share of the target's total influence, 0 to 1")


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
                join=score.join.value,
                grouped=score.grouped,
                signed=score.signed,
                is_share=score.is_share,
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
        **ends(
            build, ranking.targets, ranking.rather_than, is_whole=question.unpruned and ranking.cut_at is None
        ),
        total=totals.total,
        matching=totals.matching,
        effect=path_effect(totals.effect),
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
        auto=ranking.auto,
        hidden=ranking.hidden,
        cut_at=ranking.cut_at,
    )


def flow(graph: AttributionGraph, found: Flow) -> FlowAnswer:
    """The flow through every node, and every group, as an answer."""
    build = AnswerBuilder(graph)
    return FlowAnswer(
        graph=graph.record.id,
        **ends(build, found.targets, found.rather_than, is_whole=False),
        via=None if found.via is None else build.node(found.via),
        total=found.from_sources,
        flow=found.of_nodes.tolist(),
        groups=None
        if found.groups is None
        else [GroupFlow(group=build.step(list(one.nodes), one.name), flow=one.flow) for one in found.groups],
        auto=found.auto,
        hidden=found.hidden,
    )


def ends(
    build: AnswerBuilder, targets: list[tuple[int, float]], other: int | None, *, is_whole: bool
) -> dict[str, Any]:
    """The fields of `Ends`. `is_whole`: whether the answer is over the whole trace."""
    record = build.graph.record
    return {
        "targets": [PathTarget(node=build.node(node), weight=weight) for node, weight in targets],
        "rather_than": None if other is None else build.node(other),
        "difference_is_exact": None if other is None else is_whole or record.n_edges == record.n_trace_edges,
    }
