"""A circuit of a stored graph: the few groups of feature nodes, and the links between them, that explain most of a
target's influence."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from queries.circuit.choice import Choice, Chooser
from queries.circuit.parts import CircuitLink, CircuitNode, Flows, explained_effect, links_within
from queries.circuit.scores import SubgraphScores
from queries.errors import InvalidRequest
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.influence import GraphScores
from queries.limits import Limits
from queries.paths.answer import hidden_influence
from queries.paths.question import CircuitQuestion
from queries.paths.space import Effect, PathSpace
from queries.words import DEFAULT_CIRCUIT


class Circuit(NamedTuple):
    graph: AttributionGraph
    """The one of which ordinals are: another than the asked one where the target is a difference."""
    targets: list[tuple[int, float]]
    rather_than: int | None
    nodes: list[CircuitNode]
    """Sources first, then groups, then targets, each by their flow."""
    links: list[CircuitLink]
    """By their influence."""
    choice: Choice
    effect: Effect
    """Of all paths of the circuit."""
    matching: float
    """What all features explain."""
    total: float
    """The influence from the sources."""
    hidden: float | None
    """The influence over features along the paths that `hide_bos` leaves out; None where it hides none."""
    scores: GraphScores | None
    whole_scores: GraphScores | None
    """Of the whole stored graph."""


def find_circuit(graph: AttributionGraph, question: CircuitQuestion, limits: Limits | None = None) -> Circuit:
    """Raises InvalidRequest, and like `Limits`."""
    limits, space = limits or Limits(), question.space(graph)
    unit, name = circuit_units(graph, space, question)
    chooser = Chooser(space, unit, limits)
    if not len(chooser.candidates):
        raise InvalidRequest("target", "no path leads to it over a feature")
    if question.share is None:
        choice = chooser.best(question.nodes or DEFAULT_CIRCUIT)
    else:
        choice = chooser.fewest(question.share)
    chosen = np.isin(unit, choice.units)
    flows = Flows.of(space, chosen)
    nodes = [
        *_single(flows.from_sources),
        *_ordered(
            CircuitNode(tuple(members.tolist()), name[one], float(flows.through[members].sum()))
            for one in choice.units
            if len(members := np.flatnonzero((unit == one) & (flows.through > 0.0)))
        ),
        *_single(flows.into_targets),
    ]
    scores = SubgraphScores(graph)
    return Circuit(
        graph=space.graph,
        targets=[(node, float(space.target_weight[node])) for node in space.targets.tolist()],
        rather_than=space.query.rather_than,
        nodes=nodes,
        links=links_within(space, chosen, nodes),
        choice=choice,
        effect=explained_effect(space, chosen),
        matching=chooser.matching,
        total=space.from_sources,
        hidden=hidden_influence(graph, question, space),
        scores=scores.of(chosen),
        whole_scores=scores.whole,
    )


def circuit_units(
    graph: AttributionGraph, space: PathSpace, question: CircuitQuestion
) -> tuple[Ints, list[str | None]]:
    """(n_nodes,) the unit of each node that paths may come through, -1 for the others; and each unit's name. A unit is
    one group of the question's, or one node."""
    grouping = question.grouping(graph, space)
    number: Ints = np.arange(len(graph.nodes)) if grouping is None else grouping[0].number
    inside = space.problem.passable & ~space.is_target
    groups, of_inside = np.unique(number[inside], return_inverse=True)
    unit = np.full(len(number), -1)
    unit[inside] = of_inside
    return unit, [None if grouping is None else grouping[0].name[group] for group in groups.tolist()]


def _single(flow: Floats) -> list[CircuitNode]:
    return _ordered(
        CircuitNode((node,), None, float(flow[node])) for node in np.flatnonzero(flow > 0.0).tolist()
    )


def _ordered(nodes: Iterable[CircuitNode]) -> list[CircuitNode]:
    return sorted(nodes, key=lambda one: (-one.flow, one.nodes))
