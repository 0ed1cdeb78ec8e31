"""Comparison of attribution graphs: the features that they share, and the paths through the same features.

1. Graphs share a feature where each holds a node of it, at any position.
2. Each graph's k best group sequences are found with the nodes of one Feature as one group. Prompts differ in their
   tokens, so sequences are equal if their features between source and target are. Sequences of one graph that differ
   in the source only are therefore one, and their scores add up.

Features belong to a model and a transcoder set: graphs of different ones cannot be compared.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from queries.errors import IncomparableGraphs, InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import FeatureId
from queries.graph.labels import Label
from queries.limits import Limits
from queries.paths.groups import group_nodes
from queries.paths.sequences import best_group_sequences
from queries.paths.space import PathQuery, PathSpace, Totals
from queries.words import DEFAULT_SEQUENCES, MAX_GRAPHS, MAX_SEQUENCES, MIN_GRAPHS


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


@dataclass(frozen=True, slots=True)
class SequenceInGraph:
    """A sequence of features in one graph: `sources` are (ordinal, score) of each token it starts at, best first.

    A source's score is the sum over all paths from it through these features; `score` sums the sources'.
    """

    score: float
    sources: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class ComparedSequence:
    features: tuple[FeatureId, ...]
    """From the source's side to the target's."""
    in_graphs: tuple[SequenceInGraph | None, ...]
    """One for each graph; None where it is not among that graph's k best."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Features and sequences are ordered by the number of graphs that have them, then by their sum over these
    graphs."""

    features: list[ComparedFeature]
    sequences: list[ComparedSequence]
    targets: list[int]
    """The ordinal of each graph's most probable logit, where the sequences end."""
    totals: list[Totals]


def compare(
    graphs: Sequence[AttributionGraph], k: int = DEFAULT_SEQUENCES, limits: Limits | None = None
) -> Comparison:
    """Compare 2 to 8 graphs by all their features and their k best sequences.

    Raises InvalidRequest, IncomparableGraphs, and like `Limits`, which are those of all graphs together.
    """
    _check(graphs, k)
    limits = limits or Limits()
    spaces = [PathSpace(graph, PathQuery(k=k)) for graph in graphs]
    return Comparison(
        features=_compared_features(graphs),
        sequences=_compared_sequences(spaces, limits),
        targets=[int(space.targets[0]) for space in spaces],
        totals=[space.totals() for space in spaces],
    )


def check_ids(graph_ids: Sequence[str]) -> None:
    """Check the number of graphs before any is read. Raises InvalidRequest."""
    if not MIN_GRAPHS <= len(graph_ids) <= MAX_GRAPHS:
        raise InvalidRequest("graphs", f"name {MIN_GRAPHS} to {MAX_GRAPHS} graphs, not {len(graph_ids)}")
    if len(set(graph_ids)) < len(graph_ids):
        raise InvalidRequest("graphs", "one graph is named twice")


def _check(graphs: Sequence[AttributionGraph], k: int) -> None:
    check_ids([graph.record.id for graph in graphs])
    if not 1 <= k <= MAX_SEQUENCES:
        raise InvalidRequest("k", f"must be between 1 and {MAX_SEQUENCES}, not {k}")
    transcoder_sets = {graph.record.id: (graph.record.model, graph.record.transcoder_set) for graph in graphs}
    attention_sets = {
        graph.record.id: (graph.record.model, graph.record.attention_set)
        for graph in graphs
        if graph.record.attention_set is not None
    }
    for sets in (transcoder_sets, attention_sets):
        if len(set(sets.values())) > 1:
            raise IncomparableGraphs(sets)


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


def _compared_sequences(spaces: Sequence[PathSpace], limits: Limits) -> list[ComparedSequence]:
    by_graph = [_sequences(space, limits) for space in spaces]
    every = dict.fromkeys(features for sequences in by_graph for features in sequences)
    compared = [
        ComparedSequence(features, tuple(sequences.get(features) for sequences in by_graph))
        for features in every
    ]

    def rank(one: ComparedSequence) -> tuple[int, float, tuple[FeatureId, ...]]:
        scores = [found.score for found in one.in_graphs if found is not None]
        return -len(scores), -math.fsum(scores), one.features

    return sorted(compared, key=rank)


def _sequences(space: PathSpace, limits: Limits) -> dict[tuple[FeatureId, ...], SequenceInGraph]:
    """The graph's k best sequences by the features between their ends."""
    features_of = space.graph.nodes.feature_ids()
    sources: dict[tuple[FeatureId, ...], list[tuple[int, float]]] = {}
    group = group_nodes(space.graph, "feature").number
    for one in best_group_sequences(space, group, best_members=0, limits=limits):
        (source,), *between, _ = one.steps
        features = tuple(features_of[step[0]] for step in between)
        sources.setdefault(features, []).append((source, one.score))
    return {
        features: SequenceInGraph(math.fsum(score for _, score in found), tuple(found))
        for features, found in sources.items()
    }
