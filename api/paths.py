"""Rankings as answers: the paths of a graph, what flows through its nodes, and what the scores mean."""

from api.models import FlowAnswer, GroupFlow, PathsAnswer, PathTarget, ScoreAnswer, ScoresAnswer
from api.spelling import Speller
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph
from queries.paths.flow import group_flow, node_flow, pair_flow
from queries.paths.groups import group_nodes
from queries.paths.question import FlowQuestion, PathsQuestion, Ranking
from queries.paths.scores import SCORES
from queries.paths.selectors import select


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
    speller, totals = Speller(graph), ranking.totals
    return PathsAnswer(
        graph=graph.record.id,
        score=question.score,
        group_by=question.group_by,
        targets=[PathTarget(node=speller.node(node), weight=weight) for node, weight in ranking.targets],
        total=totals.total,
        matching=totals.matching,
        covered=ranking.covered,
        direct=totals.direct,
        from_errors=totals.from_errors,
        pruned_away=totals.pruned_away,
        n_active_features=graph.record.n_active_features,
        n_selected_features=graph.record.n_selected_features,
        paths=None if ranking.paths is None else [speller.path(path) for path in ranking.paths],
        groups=None
        if ranking.groups is None
        else [speller.group(sequence, names) for sequence, names in ranking.groups],
    )


def flow(graph: AttributionGraph, question: FlowQuestion) -> FlowAnswer:
    """What passes through every node, and every group, as an answer. Raises InvalidRequest."""
    space, speller = question.space(graph), Speller(graph)
    via = None if question.via is None else _one(graph, question.via)
    of_nodes = node_flow(space) if via is None else pair_flow(space, via)
    groups = None
    if question.group_by != "none":
        number, name = group_nodes(graph, question.group_by, question.unlabelled)
        of_groups = group_flow(space, number)
        groups = [
            GroupFlow(
                group=speller.step((number == group).nonzero()[0].tolist(), name[group]),
                flow=float(of_groups[group]),
            )
            for group in (-of_groups).argsort(kind="stable").tolist()
            if of_groups[group] > 0.0
        ]
    return FlowAnswer(
        graph=graph.record.id,
        targets=[
            PathTarget(node=speller.node(node), weight=float(space.ends[node]))
            for node in space.targets.tolist()
        ],
        via=None if via is None else speller.node(via),
        total=space.total,
        flow=of_nodes.tolist(),
        groups=groups,
    )


def _one(graph: AttributionGraph, text: str) -> int:
    named = select(graph, "via", [text])
    if len(named) != 1:
        raise InvalidRequest("via", f"{text!r} names {len(named)} nodes; one is expected")
    return named[0]
