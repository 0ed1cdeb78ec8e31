"""The parts of a circuit: what flows through its nodes, and what runs along its links."""

from typing import NamedTuple, Self

import numpy as np

from queries.circuit.explained import passing
from queries.graph.arrays import Bools, Floats, Ints
from queries.paths.space import Effect, PathSpace


class CircuitNode(NamedTuple):
    """A group of a circuit, or one node of it."""

    nodes: tuple[int, ...]
    """Ordinals."""
    name: str | None
    """The group's; None for a node that is a group of its own."""
    flow: float
    """The influence of the circuit's paths that contain it; of several nodes, the sum."""


class CircuitLink(NamedTuple):
    """Ends are places in the circuit's nodes."""

    source: int
    target: int
    effect: Effect


class DirectLink(NamedTuple):
    """A link of a drawn circuit, which is there whether the circuit's paths take it or not."""

    source: int
    target: int
    effect: Effect
    """Of the paths that begin at the source and go first to the target, whatever they run over then."""
    share: float
    """The signed part that the source has in the input of the target's nodes, their mean."""


class Flows(NamedTuple):
    """The influence of a circuit's paths, (n_nodes,) each: that begin at a node, run through it, and end at it."""

    from_sources: Floats
    through: Floats
    into_targets: Floats

    @classmethod
    def of(cls, space: PathSpace, chosen: Bools) -> Self:
        """Of the paths over nodes of `chosen` (n_nodes,) only."""
        passed, edges, share = passing(space, chosen), space.acyclic, space.graph.edges.share
        begins = chosen[edges.target] & space.problem.begin[edges.source]
        from_sources = _summed(
            edges.source, np.where(begins, share * passed.leaving[edges.target], 0.0), edges.n
        )
        ends = np.where(chosen[edges.source], share * passed.arriving[edges.source], 0.0)
        into_targets = _summed(edges.target, ends, edges.n) * space.problem.ends
        return cls(from_sources, np.where(chosen, passed.through, 0.0), into_targets)


def explained_effect(space: PathSpace, chosen: Bools) -> Effect:
    """The effect of all paths over nodes of `chosen` (n_nodes,) only; its influence is what they explain."""
    share, signed, contribution = (
        None if value is None else passing(space, chosen, value).explained for value in _values(space)
    )
    assert share is not None and signed is not None
    return Effect(share, signed, contribution)


def links_within(space: PathSpace, chosen: Bools, nodes: list[CircuitNode]) -> list[CircuitLink]:
    """The links between different nodes of the circuit that its paths take, by their influence; the effect is of the
    circuit's paths along the edges between the two."""
    place, edges = _places(nodes, space.acyclic.n), space.acyclic
    # A path of one edge, from a source to a target, is not one of the circuit's.
    inner = chosen[edges.source] | chosen[edges.target]
    link = np.flatnonzero(_between(place, space) & inner)
    along = list[Floats | None]()
    for value in _values(space):
        if value is None:
            along.append(None)
            continue
        before, after = _ends(space, chosen, value)
        along.append(before[edges.source[link]] * value[link] * after[edges.target[link]])
    return [one for one in _linked(space, place, link, along) if one.effect.influence > 0.0]


def direct_links(space: PathSpace, nodes: list[CircuitNode]) -> list[DirectLink]:
    """All links between different nodes, by their influence."""
    place, edges = _places(nodes, space.acyclic.n), space.acyclic
    link = np.flatnonzero(_between(place, space))
    along = list[Floats | None]()
    for value in _values(space):
        if value is None:
            along.append(None)
            continue
        onwards = edges.sum_to(space.problem.ends, value, space.problem.passable)
        after = np.where(space.problem.passable, onwards, 0.0)
        along.append(value[link] * after[edges.target[link]])
    pairs, at = _pairs(space, place, link)
    signed = dict(zip(pairs, _summed(at, space.signed_share[link], len(pairs)).tolist(), strict=True))
    return [
        DirectLink(*one, signed[one.source, one.target] / len(nodes[one.target].nodes))
        for one in _linked(space, place, link, along)
    ]


def _places(nodes: list[CircuitNode], n: int) -> Ints:
    """(n,) the place in `nodes` of the one that holds each node; -1 for nodes of none."""
    place = np.full(n, -1)
    for number, one in enumerate(nodes):
        place[list(one.nodes)] = number
    return place


def _between(place: Ints, space: PathSpace) -> Bools:
    """(n_edges,) whether an edge runs between different nodes of the circuit."""
    source, target = place[space.acyclic.source], place[space.acyclic.target]
    between: Bools = (source >= 0) & (target >= 0) & (source != target)
    return between


def _pairs(space: PathSpace, place: Ints, link: Ints) -> tuple[list[tuple[int, int]], Ints]:
    """The ends of the links along these edges, each once, and which of them each edge is of."""
    edges, width = space.acyclic, int(place.max(initial=0)) + 1
    pairs, at = np.unique(place[edges.source[link]] * width + place[edges.target[link]], return_inverse=True)
    return [divmod(pair, width) for pair in pairs.tolist()], at


def _linked(space: PathSpace, place: Ints, link: Ints, along: list[Floats | None]) -> list[CircuitLink]:
    """The links of these edges, by their influence. `along`: influence, net and contribution of each edge."""
    pairs, at = _pairs(space, place, link)
    influence, net, contribution = (
        None if value is None else _summed(at, value, len(pairs)).tolist() for value in along
    )
    assert influence is not None and net is not None
    found = [
        CircuitLink(
            *ends,
            Effect(influence[number], net[number], None if contribution is None else contribution[number]),
        )
        for number, ends in enumerate(pairs)
    ]
    return sorted(found, key=lambda one: (-one.effect.influence, one.source, one.target))


def _ends(space: PathSpace, chosen: Bools, value: Floats) -> tuple[Floats, Floats]:
    """(n_nodes,) of the circuit's paths, the sum of the parts up to each node, and of those from it on; 1 where a path
    begins, a target's weight where it ends."""
    passed = passing(space, chosen, value)
    before = np.where(chosen, passed.arriving, 0.0) + space.problem.begin
    after = np.where(chosen, passed.leaving, 0.0) + space.problem.ends
    return before, after


def _values(space: PathSpace) -> tuple[Floats, Floats, Floats | None]:
    """(n_edges,) what a path multiplies for its influence, net and contribution."""
    return space.graph.edges.share, space.signed_share, space.contribution


def _summed(at: Ints, values: Floats, n: int) -> Floats:
    sums: Floats = np.bincount(at, weights=values, minlength=n).astype(np.float64)
    return sums
