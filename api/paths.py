"""Rankings as answers: the paths of a graph, what flows through its nodes, and what the scores mean."""

import math
from typing import Annotated, Literal

from pydantic import Field

from api.models import FlowAnswer, GroupFlow, PathsAnswer, PathTarget, ScoreAnswer, ScoreName, ScoresAnswer
from api.spelling import Speller
from queries.acyclic import Sign
from queries.errors import InvalidRequest
from queries.flow import group_flow, node_flow, pair_flow
from queries.graph import AttributionGraph
from queries.grouped import best_group_sequences
from queries.groups import GroupBy, Unlabelled, group_nodes
from queries.path_scores import SCORES
from queries.paths import MAX_PATHS, MAX_THROUGH, PathQuery, PathSpace, best_paths
from queries.records import Record
from queries.selectors import FORMS, Role, select

SELECTORS = "; ".join(f"`{form}` ({meaning})" for form, meaning in FORMS.items())

MAX_SELECTORS = 100


def _selectors(description: str, most: int = MAX_SELECTORS) -> object:
    return Field(default_factory=list, max_length=most, description=description)


class _Between(Record):
    """Between which nodes. Every value is a selector, of which several may be given."""

    source: Annotated[
        list[str], _selectors("Where paths begin, all embedding nodes unless given: " + SELECTORS)
    ]
    target: Annotated[
        list[str],
        _selectors(
            "Where they end: logits, weighted by their probabilities, or one feature node; the most probable "
            "logit unless given"
        ),
    ]
    avoid: Annotated[list[str], _selectors("No path contains one of these")]
    group_by: Literal["none", GroupBy] = Field(
        "none",
        description="Feature nodes are taken together by this, nodes of other kinds by `supernode` only",
    )
    unlabelled: Unlabelled = Field(
        "own",
        description="Feature nodes without a label or supernode: groups of their `own`, or all of them `one`",
    )


class FlowParameters(_Between):
    """Which paths flow is counted of."""

    via: str | None = Field(
        None, description="A selector of one node: only paths that contain it too are counted"
    )


class PathParameters(_Between):
    """Which paths. Filters combine."""

    k: int = Field(10, ge=1, le=MAX_PATHS, description="How many")
    score: ScoreName = Field("influence", description="By what they are ranked: see `/api/scores`")
    through: Annotated[
        list[str],
        _selectors(
            "Every one of these is met by a node of the path, in any order; its ends count", MAX_THROUGH
        ),
    ]
    sign: Sign | None = Field(
        None, description="Of the weights: all of them positive, or their product positive or negative"
    )
    min_length: int = Field(2, ge=1, le=1000, description="Edges")
    max_length: int | None = Field(None, ge=1, le=1000, description="Edges")
    best_members: int = Field(
        1, ge=0, le=100, description="Best single paths answered with each group sequence"
    )


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


def paths(graph: AttributionGraph, asked: PathParameters) -> PathsAnswer:
    """The ranking as an answer. Raises InvalidRequest."""
    query = PathQuery(
        k=asked.k,
        score=asked.score,
        sources=_chosen(graph, "source", asked.source),
        targets=_chosen(graph, "target", asked.target),
        through=tuple(select(graph, "through", [text]) for text in asked.through),
        avoid=select(graph, "avoid", asked.avoid),
        sign=asked.sign,
        min_length=asked.min_length,
        max_length=asked.max_length,
    )
    space, speller = PathSpace(graph, query), Speller(graph)
    totals = space.totals()
    ranked, groups = None, None
    if asked.group_by == "none":
        found = best_paths(space)
        ranked = [speller.path(path) for path in found]
        covered = math.fsum(space.influence_of(path) for path in found)
    else:
        grouping = group_nodes(graph, asked.group_by, asked.unlabelled)
        sequences = best_group_sequences(space, grouping.number, asked.best_members)
        groups = [speller.group(sequence, grouping) for sequence in sequences]
        covered = math.fsum(sequence.influence for sequence in sequences)
    return PathsAnswer(
        graph=graph.record.id,
        score=asked.score,
        group_by=asked.group_by,
        targets=_targets(space, speller),
        total=totals.total,
        matching=totals.matching,
        covered=covered,
        direct=totals.direct,
        from_errors=totals.from_errors,
        pruned_away=totals.pruned_away,
        n_active_features=graph.record.n_active_features,
        n_selected_features=graph.record.n_selected_features,
        paths=ranked,
        groups=groups,
    )


def flow(graph: AttributionGraph, asked: FlowParameters) -> FlowAnswer:
    """What passes through every node, and every group, as an answer. Raises InvalidRequest."""
    query = PathQuery(
        sources=_chosen(graph, "source", asked.source),
        targets=_chosen(graph, "target", asked.target),
        avoid=select(graph, "avoid", asked.avoid),
        min_length=1,
    )
    space, speller = PathSpace(graph, query), Speller(graph)
    via = None if asked.via is None else _one(graph, "via", asked.via)
    of_nodes = node_flow(space) if via is None else pair_flow(space, via)
    groups = None
    if asked.group_by != "none":
        grouping = group_nodes(graph, asked.group_by, asked.unlabelled)
        of_groups = group_flow(space, grouping.number)
        groups = [
            GroupFlow(
                group=speller.step((grouping.number == number).nonzero()[0].tolist(), grouping),
                flow=float(of_groups[number]),
            )
            for number in (-of_groups).argsort(kind="stable").tolist()
            if of_groups[number] > 0.0
        ]
    return FlowAnswer(
        graph=graph.record.id,
        targets=_targets(space, speller),
        via=None if via is None else speller.node(via),
        total=space.totals().total,
        flow=of_nodes.tolist(),
        groups=groups,
    )


def _chosen(graph: AttributionGraph, role: Role, texts: list[str]) -> tuple[int, ...] | None:
    return select(graph, role, texts) if texts else None


def _one(graph: AttributionGraph, role: Role, text: str) -> int:
    named = select(graph, role, [text])
    if len(named) != 1:
        raise InvalidRequest(role, f"{text!r} names {len(named)} nodes; one is expected")
    return named[0]


def _targets(space: PathSpace, speller: Speller) -> list[PathTarget]:
    return [
        PathTarget(node=speller.node(node), weight=float(space.ends[node])) for node in space.targets.tolist()
    ]
