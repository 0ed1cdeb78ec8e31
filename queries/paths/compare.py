"""Comparison of attribution graphs: the features that they share, and the paths through the same steps.

1. Graphs share a feature where each holds a node of it, at any position.
2. A step of a path is a feature, whatever its positions; or a label or supernode, whatever its features, and a feature
   where a node has none. Prompts differ in their tokens and targets, so paths of two graphs are one sequence if their
   steps between source and target are the same. All sources count as one group, and what begins at each is told.
3. Each graph's k best sequences are found, and every one of these is summed exactly in every graph: a graph that has it
   among its less strong ones has it, too.

Features belong to a model and a transcoder set. Graphs of different ones share none; by label or supernode their paths
can still be compared.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from queries.errors import IncomparableGraphs, InvalidRequest
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import FeatureId
from queries.graph.labels import Label
from queries.limits import Limits
from queries.paths.answer import hidden_influence
from queries.paths.groups import group_nodes
from queries.paths.question import CompareQuestion
from queries.paths.sequences import SumsOfSequence, best_sequences, sums_of_sequences
from queries.paths.space import PathSpace, Totals
from queries.words import MAX_GRAPHS, MIN_GRAPHS, CompareBy

_SOURCES, _TARGETS, _STEPS = 0, 1, 2
"""Numbers of the groups of all sources and all targets, and of the first step."""


@dataclass(frozen=True, slots=True)
class FeatureInGraph:
    """A feature's nodes in one graph: their ordinals by position, their label, and their summed node influence.

    `graph` is the graph's index among the compared graphs; the influence is NaN where a node's is unknown.
    """

    graph: int
    nodes: tuple[int, ...]
    label: Label | None
    node_influence: float


@dataclass(frozen=True, slots=True)
class ComparedFeature:
    feature: FeatureId
    in_graphs: tuple[FeatureInGraph, ...]
    """One for each graph that has the feature, in the order compared."""


class Step(NamedTuple):
    """A step between source and target, the same in every graph: a label or the name of a supernode, or a feature.

    `graph` is the index of the one graph whose feature it is, where the graphs' features are not the same things.
    """

    name: str | None
    feature: FeatureId | None
    graph: int | None = None


@dataclass(frozen=True, slots=True)
class ComparedSequence:
    steps: tuple[Step, ...]
    """From the source's side to the target's."""
    in_graphs: tuple[SumsOfSequence | None, ...]
    """One for each graph; None where it has no such path."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Features and sequences are ordered by the number of graphs that have them, then by their sum over these
    graphs."""

    features: list[ComparedFeature] | None
    """None where graphs are of several models or transcoder sets, so that they can share none."""
    sequences: list[ComparedSequence]
    targets: list[int]
    """The ordinal of the node in each graph where the sequences end."""
    totals: list[Totals]
    hidden: list[float | None]
    """What `hide_bos` leaves out in each graph; None where it leaves out none."""


def compare(
    graphs: Sequence[AttributionGraph], question: CompareQuestion | None = None, limits: Limits | None = None
) -> Comparison:
    """Compare 2 to 8 graphs by all their features and their best sequences. A graph may be among them twice, with
    different targets.

    Raises InvalidRequest, IncomparableGraphs, and like `Limits`, which are those of all graphs together.
    """
    question, limits = question or CompareQuestion(), limits or Limits()
    check_named([graph.record.id for graph in graphs], question)
    sets = _several_sets(graphs)
    if sets and question.group_by == "feature":
        raise IncomparableGraphs(sets)
    asked = [question.of_graph(place) for place in range(len(graphs))]
    spaces = [one.space(graph) for one, graph in zip(asked, graphs, strict=True)]
    targets = [_one_target(space) for space in spaces]
    ends = {(graph.record.id, target) for graph, target in zip(graphs, targets, strict=True)}
    if len(ends) < len(graphs):
        raise InvalidRequest("graphs", "one graph is named twice with the same target")
    return Comparison(
        features=None if sets else _compared_features(graphs),
        sequences=_compared_sequences(spaces, question, bool(sets), limits),
        targets=targets,
        totals=[space.totals() for space in spaces],
        hidden=[hidden_influence(space.graph, one, space) for one, space in zip(asked, spaces, strict=True)],
    )


def check_named(graph_ids: Sequence[str], question: CompareQuestion) -> None:
    """Check how graphs and targets are named before any graph is read. Raises InvalidRequest."""
    n = len(graph_ids)
    if not MIN_GRAPHS <= n <= MAX_GRAPHS:
        raise InvalidRequest("graphs", f"name {MIN_GRAPHS} to {MAX_GRAPHS} graphs, not {n}")
    targets = question.target or [""] * n
    if len(targets) != n:
        raise InvalidRequest(
            "target",
            f"name one for each of the {n} graphs, in their order, and an empty one for the most probable logit: not "
            f"{len(targets)}",
        )
    if len(set(zip(graph_ids, targets, strict=True))) < n:
        raise InvalidRequest("graphs", "one graph is named twice with the same target")


def _several_sets(graphs: Sequence[AttributionGraph]) -> dict[str, tuple[str, str]]:
    """The model and transcoder set of each graph, or the set of its attention features, where they are not all the
    same; else nothing."""
    transcoder_sets = {graph.record.id: (graph.record.model, graph.record.transcoder_set) for graph in graphs}
    attention_sets = {
        graph.record.id: (graph.record.model, graph.record.attention_set)
        for graph in graphs
        if graph.record.attention_set is not None
    }
    return next(
        (sets for sets in (transcoder_sets, attention_sets) if len(set(sets.values())) > 1),
        {},
    )


def _one_target(space: PathSpace) -> int:
    """Raises InvalidRequest."""
    if len(space.targets) != 1:
        raise InvalidRequest("target", f"names {len(space.targets)} nodes; one for each graph is expected")
    return int(space.targets[0])


def _compared_features(graphs: Sequence[AttributionGraph]) -> list[ComparedFeature]:
    found: dict[FeatureId, list[FeatureInGraph]] = {}
    for place, graph in enumerate(graphs):
        for feature, one in _features(place, graph).items():
            found.setdefault(feature, []).append(one)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), -_influence(item[1]), item[0]))
    return [ComparedFeature(feature, tuple(in_graphs)) for feature, in_graphs in ranked]


def _features(place: int, graph: AttributionGraph) -> dict[FeatureId, FeatureInGraph]:
    nodes, labels = graph.nodes, graph.shown
    members: dict[FeatureId, list[int]] = {}
    features = nodes.feature_ids()
    for node in nodes.of_kind(NodeKind.FEATURE).tolist():
        members.setdefault(features[node], []).append(node)
    found = {}
    for feature, unordered in members.items():
        ordinals = sorted(unordered, key=lambda node: int(nodes.position[node]))
        label = next((labels[node] for node in ordinals if labels[node] is not None), None)
        influence = math.fsum(nodes.node_influence[ordinals].tolist())
        found[feature] = FeatureInGraph(place, tuple(ordinals), label, influence)
    return found


def _influence(in_graphs: list[FeatureInGraph]) -> float:
    """The sum that ranks a feature; an unknown influence adds nothing."""
    return math.fsum(one.node_influence for one in in_graphs if not math.isnan(one.node_influence))


class _Steps:
    """A graph's steps: `group` (n_nodes,) each node's number, and the number of each step."""

    def __init__(self, space: PathSpace, by: CompareBy, place: int | None) -> None:
        self.space, nodes = space, space.graph.nodes
        number, names = group_nodes(space.graph, by)
        features = nodes.feature_ids()
        self.number: dict[Step, int] = {}
        self.group: Ints = np.empty(len(nodes), dtype=np.int64)
        beyond = _STEPS + len(nodes)
        for node, kind in enumerate(nodes.kind.tolist()):
            if space.is_target[node]:
                self.group[node] = _TARGETS
            elif kind != NodeKind.FEATURE:
                # No path comes through it. Its number is beyond those of all steps.
                self.group[node] = _SOURCES if space.is_source[node] else beyond
            else:
                name = None if by == "feature" else names[int(number[node])]
                step = Step(None, features[node], place) if name is None else Step(name.strip(), None)
                self.group[node] = self.number.setdefault(step, _STEPS + len(self.number))

    def best(self, k: int, limits: Limits) -> list[tuple[Step, ...]]:
        step_of = {number: step for step, number in self.number.items()}
        found = best_sequences(self.space, self.group, k, limits)
        return [tuple(step_of[number] for number in between) for _, *between, _ in found]

    def sums(self, sequences: Sequence[tuple[Step, ...]], limits: Limits) -> list[SumsOfSequence | None]:
        known = [all(step in self.number for step in steps) for steps in sequences]
        numbers = (
            (_SOURCES, *(self.number[step] for step in steps), _TARGETS)
            for steps, is_known in zip(sequences, known, strict=True)
            if is_known
        )
        found = sums_of_sequences(self.space, self.group, numbers, limits)
        return [next(found) if is_known else None for is_known in known]


def _compared_sequences(
    spaces: Sequence[PathSpace], question: CompareQuestion, are_apart: bool, limits: Limits
) -> list[ComparedSequence]:
    """`are_apart`: whether the graphs' features are different things."""
    by_graph = [
        _Steps(space, question.group_by, place if are_apart else None) for place, space in enumerate(spaces)
    ]
    every = list(dict.fromkeys(steps for one in by_graph for steps in one.best(question.k, limits)))
    sums = [one.sums(every, limits) for one in by_graph]
    compared = [
        ComparedSequence(steps, tuple(of_graph[at] for of_graph in sums)) for at, steps in enumerate(every)
    ]

    def rank(one: ComparedSequence) -> tuple[int, float, list[tuple[str, FeatureId]]]:
        scores = [found.effect.influence for found in one.in_graphs if found is not None]
        names = [(step.name or "", step.feature or (-1, -1)) for step in one.steps]
        return -len(scores), -math.fsum(scores), names

    return sorted(compared, key=rank)
