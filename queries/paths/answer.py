"""A question's answer in ordinals of the graph: the ranked paths or group sequences, or the flow."""

import math
from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np

from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, Edges
from queries.graph.records import Record
from queries.limits import Limits
from queries.paths.flow import group_flow, node_flow, pair_flow
from queries.paths.groups import group_nodes
from queries.paths.question import FlowQuestion, PathsQuestion
from queries.paths.selectors import select_one
from queries.paths.sequences import GroupSequence, best_group_sequences
from queries.paths.space import Path, PathSpace, Totals, best_paths


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
    paths, groups = None, None
    if question.group_by == "none":
        paths = best_paths(space, limits)
        covered = math.fsum(path.effect.influence for path in paths)
    else:
        number, name = group_nodes(graph, question.group_by, question.unlabelled)
        sequences = best_group_sequences(space, number, question.best_members, limits)
        groups = [(one, [name[int(number[step[0]])] for step in one.steps]) for one in sequences]
        covered = math.fsum(one.effect.influence for one in sequences)
    ranking = Ranking(
        targets=_targets(space),
        rather_than=space.query.rather_than,
        totals=space.totals(),
        covered=covered,
        paths=paths,
        groups=groups,
    )
    return ranking, space.graph


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


def find_flow(graph: AttributionGraph, question: FlowQuestion, limits: Limits | None = None) -> Flow:
    """The flow through a graph's nodes and groups. Raises InvalidRequest, and like `Limits`."""
    limits = limits or Limits()
    space = question.space(graph)
    via = None if question.via is None else select_one(graph, "via", question.via)
    groups = None
    if question.group_by != "none":
        number, name = group_nodes(graph, question.group_by, question.unlabelled)
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
    )


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
        supernodes=(),
        views=(),
    )
