"""A question's answer in ordinals of the graph: the ranked paths or group sequences, or the flow."""

import math
from dataclasses import replace
from time import monotonic
from typing import NamedTuple, Self

import numpy as np
from pydantic import Field

from queries.errors import InvalidRequest, QueryTimeout
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, Edges
from queries.graph.records import Record
from queries.groups.automatic import AutomaticGroups
from queries.limits import Limits
from queries.paths.flow import group_flow, node_flow, pair_flow
from queries.paths.groups import automatic_groups, group_nodes
from queries.paths.question import CircuitQuestion, DrawnQuestion, FlowQuestion, GroupsQuestion, PathsQuestion
from queries.paths.selectors import select_one
from queries.paths.sequences import GroupSequence, best_group_sequences, influence_covered
from queries.paths.space import Path, PathSpace, Totals, best_paths

N_SEQUENCES, SHUFFLES, SHUFFLE_SECONDS = 10, 5, 2.0


class AutomaticAnswer(Record):
    """What is to know of an answer's automatic groups."""

    groups: int = Field(description="How many there are")
    information_lost: float = Field(
        description="The part of what features tell about where influence comes from and goes to that the groups do "
        "not tell"
    )
    covered: float | None = Field(
        description=f"The influence along the {N_SEQUENCES} best sequences by influence that satisfy the query, "
        "however many the question asks for and whichever score ranks them; null of flow"
    )
    shuffled_covered: float | None = Field(
        description="The same if the nodes were dealt out to groups of these sizes at random, a mean of "
        f"{SHUFFLES}; null of flow, and where that is not found in time"
    )
    biggest_flow: float = Field(description="The largest part of the features' flow that one group has")


class Ranking(Record):
    """The best paths or group sequences to a target, in ordinals of the graph, with the totals."""

    targets: list[tuple[int, float]]
    """The nodes where paths end, and each one's factor of influence and contribution."""
    rather_than: int | None
    """The logit whose difference from the one target paths end at."""
    totals: Totals
    covered: float
    """The influence along the paths below, whichever score ranked them."""
    paths: list[Path] | None
    groups: list[tuple[GroupSequence, list[str | None]]] | None
    """Group sequences, each with the names of its groups; None names a node that is a group of its own."""
    auto: AutomaticAnswer | None = None
    hidden: float | None = None
    """The influence along the paths that would satisfy the question but for `hide_bos`; None where it hides none."""
    cut_at: float | None = None
    """The share of its influence at which the ranked trace was cut; None where it is whole, or a stored graph."""

    def cut_down(self, graph: AttributionGraph) -> tuple[Self, AttributionGraph]:
        """The ranking, and the graph, cut down to the nodes and edges that the ranking names."""
        sequences = [sequence for sequence, _ in self.groups or []]
        paths = [*(self.paths or []), *(path for one in sequences for path in one.best_members)]
        steps = [step for one in sequences for step in one.steps]
        ends = [node for node, _ in self.targets]
        if self.rather_than is not None:
            ends.append(self.rather_than)
        named = [ends, *steps, *(path.nodes for path in paths)]
        nodes = np.unique([node for each in named for node in each]).astype(np.int64)
        edges = np.unique([edge for path in paths for edge in path.edges]).astype(np.int64)
        node_at = {node: place for place, node in enumerate(nodes.tolist())}
        edge_at = {edge: place for place, edge in enumerate(edges.tolist())}

        def path_of(path: Path) -> Path:
            return Path(
                path.score,
                tuple(node_at[node] for node in path.nodes),
                tuple(edge_at[edge] for edge in path.edges),
                path.effect,
            )

        ranking = self.model_copy(
            update={
                "targets": [(node_at[node], weight) for node, weight in self.targets],
                "rather_than": None if self.rather_than is None else node_at[self.rather_than],
                "paths": None if self.paths is None else [path_of(path) for path in self.paths],
                "groups": None
                if self.groups is None
                else [
                    (
                        one._replace(
                            steps=tuple(tuple(node_at[node] for node in step) for step in one.steps),
                            best_members=tuple(path_of(path) for path in one.best_members),
                        ),
                        names,
                    )
                    for one, names in self.groups
                ],
            }
        )
        return ranking, _subgraph(graph, nodes, edges, node_at)


def rank(
    graph: AttributionGraph, question: PathsQuestion, limits: Limits | None = None
) -> tuple[Ranking, AttributionGraph]:
    """Rank a graph's paths. The ranking's ordinals are of the graph beside it, which is another one where the target is
    a difference of logits. Raises InvalidRequest, and like `Limits`."""
    limits, space = limits or Limits(), question.space(graph)
    paths, groups, auto = None, None, None
    if (grouping := question.grouping(graph, space)) is None:
        paths = best_paths(space, limits)
        covered = math.fsum(path.effect.influence for path in paths)
    else:
        (number, name), automatic = grouping
        limits.check()
        sequences = best_group_sequences(space, number, question.best_members, limits)
        groups = [(one, [name[int(number[step[0]])] for step in one.steps]) for one in sequences]
        covered = math.fsum(one.effect.influence for one in sequences)
        if automatic is not None:
            auto = _automatic(automatic, *_held(graph, space, number, automatic, limits))
    ranking = Ranking(
        targets=_targets(space),
        rather_than=space.query.rather_than,
        totals=space.totals(),
        covered=covered,
        paths=paths,
        groups=groups,
        auto=auto,
        hidden=hidden_influence(graph, question, space),
    )
    return ranking, space.graph


def _automatic(
    groups: AutomaticGroups, covered: float | None = None, shuffled_covered: float | None = None
) -> AutomaticAnswer:
    return AutomaticAnswer(
        groups=len(groups.names),
        information_lost=groups.information_lost,
        covered=covered,
        shuffled_covered=shuffled_covered,
        biggest_flow=groups.biggest_flow,
    )


def _held(
    graph: AttributionGraph, space: PathSpace, number: Ints, automatic: AutomaticGroups, limits: Limits
) -> tuple[float | None, float | None]:
    """What the best sequences by influence carry, and what they would where the nodes of automatic groups are shuffled.
    `number` (n_nodes,) are all groups. Raises ClientLeft."""
    by_influence = replace(space.query, score="influence", side=None, k=N_SEQUENCES)
    space = PathSpace(graph, by_influence)
    is_in = automatic.number >= 0
    of_automatic = np.empty(len(automatic.names), dtype=np.int64)
    of_automatic[automatic.number[is_in]] = number[is_in]
    own = Limits(limits.left, min(SHUFFLE_SECONDS, limits.until - monotonic()))
    covered: list[float] = []
    try:
        covered.append(influence_covered(space, number, own))
        for seed in range(SHUFFLES):
            shuffled = number.copy()
            shuffled[is_in] = of_automatic[automatic.shuffled(seed)[is_in]]
            covered.append(influence_covered(space, shuffled, own))
    except (QueryTimeout, InvalidRequest):  # the answer is whole without it
        return next(iter(covered), None), None
    return covered[0], math.fsum(covered[1:]) / SHUFFLES


class GroupFlow(NamedTuple):
    """A group's nodes (ordinals), its name, None for a node that is a group of its own, and its flow."""

    nodes: tuple[int, ...]
    name: str | None
    flow: float


class Flow(NamedTuple):
    """The influence of the paths that contain a node, for every node and group; shares of the targets' influence."""

    targets: list[tuple[int, float]]
    """The nodes where paths end, and the factor of their influence."""
    rather_than: int | None
    """The logit whose difference from the one target paths end at."""
    via: int | None
    """Where given, only the paths that contain this node count."""
    from_sources: float
    """The influence from the sources, over all paths."""
    of_nodes: Floats
    """(n_nodes,)"""
    groups: list[GroupFlow] | None
    """Largest first, without groups of no flow."""
    auto: AutomaticAnswer | None
    hidden: float | None
    """The influence along the paths that `hide_bos` leaves out; None where it hides none."""


def find_flow(graph: AttributionGraph, question: FlowQuestion, limits: Limits | None = None) -> Flow:
    """The flow through a graph's nodes and groups. Raises InvalidRequest, and like `Limits`."""
    limits = limits or Limits()
    space = question.space(graph)
    via = None if question.via is None else select_one(graph, "via", question.via)
    groups, auto = None, None
    if (grouping := question.grouping(graph, space)) is not None:
        (number, name), automatic = grouping
        auto = None if automatic is None else _automatic(automatic)
        flow = group_flow(space, number, limits)
        groups = [
            GroupFlow(tuple(np.flatnonzero(number == group).tolist()), name[group], float(flow[group]))
            for group in (-flow).argsort(kind="stable").tolist()
            if flow[group] > 0.0
        ]
    return Flow(
        targets=_targets(space),
        rather_than=space.query.rather_than,
        via=via,
        from_sources=space.from_sources,
        of_nodes=node_flow(space) if via is None else pair_flow(space, via),
        groups=groups,
        auto=auto,
        hidden=hidden_influence(graph, question, space),
    )


class Groups(NamedTuple):
    """All automatic groups towards a target, with their flows, which count each path once."""

    targets: list[tuple[int, float]]
    rather_than: int | None
    groups: AutomaticGroups
    flow: list[float]
    """(n_groups,)"""


def find_all_groups(
    graph: AttributionGraph, question: GroupsQuestion, limits: Limits | None = None
) -> Groups:
    """A graph's automatic groups. Raises InvalidRequest, and like `Limits`."""
    limits, space = limits or Limits(), question.space(graph)
    groups = automatic_groups(graph, space, "auto", question.groups)
    limits.check()
    number = group_nodes(graph, "auto", automatic=groups).number
    flow = group_flow(space, number, limits)
    first = [int(number[np.flatnonzero(groups.number == one)[0]]) for one in range(len(groups.names))]
    return Groups(_targets(space), space.query.rather_than, groups, [float(flow[one]) for one in first])


def hidden_influence(
    graph: AttributionGraph,
    question: CircuitQuestion | DrawnQuestion | FlowQuestion | PathsQuestion,
    space: PathSpace,
) -> float | None:
    """What the paths carry that would satisfy the question but for `hide_bos`."""
    if (hidden := question.hidden(graph)) is None:
        return None
    avoid = tuple(node for node in space.query.avoid if node != hidden)
    return PathSpace(graph, replace(space.query, sources=(hidden,), avoid=avoid)).totals().matching


def _targets(space: PathSpace) -> list[tuple[int, float]]:
    return [(node, float(space.target_weight[node])) for node in space.targets.tolist()]


def _subgraph(graph: AttributionGraph, nodes: Ints, edges: Ints, node_at: dict[int, int]) -> AttributionGraph:
    every = graph.edges
    source, target = (
        np.array([node_at[node] for node in column[edges].tolist()], dtype=np.int64)
        for column in (every.source, every.target)
    )
    return replace(
        graph,
        nodes=graph.nodes.take(nodes),
        edges=Edges(source, target, every.weight[edges], every.share[edges]),
        views=(),
        view_name=None,
    )
