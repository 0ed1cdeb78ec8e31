"""What a verification tests: the groups and links of a graph's best sequences, in ordinals of the graph."""

from itertools import pairwise

import numpy as np
from pydantic import Field

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import Record
from queries.limits import Limits
from queries.paths.answer import rank
from queries.paths.groups import default_grouping
from queries.paths.question import PathsQuestion
from queries.words import GroupBy, Unlabelled

DEFAULT_TESTED, MAX_TESTED = 10, 100
"""Best sequences that are tested."""


class VerifyQuestion(Record):
    """Which groups and sequences of a graph are tested."""

    group_by: GroupBy | None = Field(
        None,
        description="Feature nodes are taken together by this; unless given, as the page groups the graph's paths",
    )
    unlabelled: Unlabelled = Field("own", description="As in a question about paths")
    k: int = Field(DEFAULT_TESTED, ge=1, le=MAX_TESTED, description="Best sequences that are tested")


class PlannedGroup(Record):
    name: str | None
    nodes: list[int]


class PlannedSequence(Record):
    """`nodes` are its feature nodes on member paths; `groups` and `links` are places in the plan's lists."""

    source: list[int]
    nodes: list[int]
    groups: list[int]
    links: list[int]
    influence: float


class Plan(Record):
    question: VerifyQuestion
    groups: list[PlannedGroup]
    links: list[tuple[int, int]]
    sequences: list[PlannedSequence]


def of_graph(graph: AttributionGraph, question: VerifyQuestion) -> VerifyQuestion:
    """The question with its grouping."""
    return question.model_copy(update={"group_by": question.group_by or default_grouping(graph)})


def plan(graph: AttributionGraph, question: VerifyQuestion, limits: Limits | None = None) -> Plan:
    """The k best sequences, each group of theirs with all its feature nodes. Raises like `rank`."""
    question = of_graph(graph, question)
    asked = PathsQuestion(
        group_by=question.group_by or "none", unlabelled=question.unlabelled, k=question.k, best_members=0
    )
    ranking, _ = rank(graph, asked, limits)
    found, nodes = asked.grouping(graph, asked.space(graph)), graph.nodes
    assert found is not None
    grouping, _ = found
    testable = (nodes.kind == NodeKind.FEATURE) & np.isfinite(nodes.activation)
    testable &= np.array([site is None for site in nodes.site], dtype=np.bool_)
    place_of: dict[int, int] = {}
    groups: list[PlannedGroup] = []
    links: dict[tuple[int, int], int] = {}
    sequences = []
    for sequence, names in ranking.groups or []:
        places = []
        for step, name in zip(sequence.steps[1:-1], names[1:-1], strict=True):
            number = int(grouping.number[step[0]])
            if number not in place_of:
                members = np.flatnonzero((grouping.number == number) & testable).tolist()
                if not members:  # a supernode of tokens or errors
                    continue
                place_of[number] = len(groups)
                groups.append(PlannedGroup(name=name, nodes=members))
            places.append(place_of[number])
        steps = [node for step in sequence.steps[1:-1] for node in step if testable[node]]
        sequences.append(
            PlannedSequence(
                source=list(sequence.steps[0]),
                nodes=steps,
                groups=places,
                links=[links.setdefault(link, len(links)) for link in pairwise(places)],
                influence=sequence.effect.influence,
            )
        )
    return Plan(question=question, groups=groups, links=list(links), sequences=sequences)
