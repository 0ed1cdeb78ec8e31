"""A circuit of a stored graph: the few groups of feature nodes, and the links between them, that explain most of a
target's influence."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from queries.circuit.choice import Choice, Chooser
from queries.circuit.explained import Passing, passing
from queries.circuit.scores import subgraph_scores
from queries.errors import InvalidRequest
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.influence import GraphScores
from queries.limits import Limits
from queries.paths.answer import hidden_influence
from queries.paths.question import CircuitQuestion
from queries.paths.space import Effect, PathSpace
from queries.words import DEFAULT_CIRCUIT


class CircuitNode(NamedTuple):
    """A group of the circuit, or one of the tokens or targets at its ends."""

    nodes: tuple[int, ...]
    """Ordinals, of which paths of the circuit run through at least one."""
    name: str | None
    """The group's; None for a node that is a group of its own."""
    flow: float
    """The influence of the circuit's paths that contain it; of several nodes, at most."""


class CircuitLink(NamedTuple):
    """Ends are places in the circuit's nodes; the effect is of the circuit's paths along the edges between them."""

    source: int
    target: int
    effect: Effect


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
    passed, signed = passing(space, chosen), passing(space, chosen, space.signed_share)
    through = np.where(chosen, passed.through, 0.0)
    nodes = [
        *_single(_from_sources(space, chosen, passed)),
        *_ordered(
            CircuitNode(tuple(members.tolist()), name[one], float(through[members].sum()))
            for one in choice.units
            if len(members := np.flatnonzero((unit == one) & (through > 0.0)))
        ),
        *_single(_into_targets(space, chosen, passed)),
    ]
    contribution = None
    if space.contribution is not None:
        contribution = passing(space, chosen, space.contribution).explained
    return Circuit(
        graph=space.graph,
        targets=[(node, float(space.target_weight[node])) for node in space.targets.tolist()],
        rather_than=space.query.rather_than,
        nodes=nodes,
        links=_links(space, chosen, nodes),
        choice=choice,
        effect=Effect(passed.explained, signed.explained, contribution),
        matching=chooser.matching,
        total=space.from_sources,
        hidden=hidden_influence(graph, question, space),
        scores=subgraph_scores(graph, chosen),
        whole_scores=subgraph_scores(graph, graph.nodes.kind == NodeKind.FEATURE),
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


def _from_sources(space: PathSpace, chosen: Bools, passed: Passing) -> Floats:
    """(n_nodes,) the influence along the circuit's paths that begin at each node."""
    edges, begin = space.acyclic, space.problem.begin
    inside = chosen[edges.target] & begin[edges.source]
    value = np.where(inside, space.graph.edges.share * passed.leaving[edges.target], 0.0)
    sums: Floats = np.bincount(edges.source, weights=value, minlength=edges.n).astype(np.float64)
    return sums


def _into_targets(space: PathSpace, chosen: Bools, passed: Passing) -> Floats:
    """(n_nodes,) the influence along the circuit's paths that end at each node."""
    edges = space.acyclic
    value = np.where(chosen[edges.source], space.graph.edges.share * passed.arriving[edges.source], 0.0)
    sums: Floats = np.bincount(edges.target, weights=value, minlength=edges.n) * space.problem.ends
    return sums


def _single(flow: Floats) -> list[CircuitNode]:
    return _ordered(
        CircuitNode((node,), None, float(flow[node])) for node in np.flatnonzero(flow > 0.0).tolist()
    )


def _ordered(nodes: Iterable[CircuitNode]) -> list[CircuitNode]:
    return sorted(nodes, key=lambda one: (-one.flow, one.nodes))


def _links(space: PathSpace, chosen: Bools, nodes: list[CircuitNode]) -> list[CircuitLink]:
    """The links between different nodes of the circuit that its paths take."""
    place = np.full(space.acyclic.n, -1)
    for number, one in enumerate(nodes):
        place[list(one.nodes)] = number
    graph = space.acyclic
    source, target = place[graph.source], place[graph.target]
    # A path of one edge, from a source to a target, is not one of the circuit's.
    inner = chosen[graph.source] | chosen[graph.target]
    link = np.flatnonzero((source >= 0) & (target >= 0) & (source != target) & inner)
    sums = list[Floats | None]()
    for value in (space.graph.edges.share, space.signed_share, space.contribution):
        if value is None:
            sums.append(None)
            continue
        before, after = _ends(space, chosen, value)
        along = before[graph.source[link]] * value[link] * after[graph.target[link]]
        sums.append(along)
    pairs, at = np.unique(source[link] * len(nodes) + target[link], return_inverse=True)
    influence, net, contribution = (
        None if along is None else np.bincount(at, weights=along, minlength=len(pairs)).astype(np.float64)
        for along in sums
    )
    assert influence is not None and net is not None
    found = [
        CircuitLink(
            pair // len(nodes),
            pair % len(nodes),
            Effect(
                float(influence[number]),
                float(net[number]),
                None if contribution is None else float(contribution[number]),
            ),
        )
        for number, pair in enumerate(pairs.tolist())
    ]
    return sorted(
        (one for one in found if one.effect.influence > 0.0),
        key=lambda one: (-one.effect.influence, one.source, one.target),
    )


def _ends(space: PathSpace, chosen: Bools, value: Floats) -> tuple[Floats, Floats]:
    """(n_nodes,) of the circuit's paths, the sum of the parts up to each node, and of those from it on; 1 where a path
    begins, a target's weight where it ends."""
    passed = passing(space, chosen, value)
    before = np.where(chosen, passed.arriving, 0.0) + space.problem.begin
    after = np.where(chosen, passed.leaving, 0.0) + space.problem.ends
    return before, after
