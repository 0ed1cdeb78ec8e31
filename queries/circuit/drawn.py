"""A circuit that somebody drew, of a stored graph: what it explains, its links and scores, beside random ones."""

from typing import NamedTuple

import numpy as np

from queries.circuit.chance import Spread, random_circuits, spread
from queries.circuit.explained import passing
from queries.circuit.parts import CircuitNode, DirectLink, Flows, direct_links, explained_effect
from queries.circuit.scores import SubgraphScores
from queries.graph.arrays import Bools
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.influence import GraphScores
from queries.limits import Limits
from queries.paths.answer import hidden_influence
from queries.paths.question import DrawnQuestion
from queries.paths.selectors import known_nodes, ordinals_by_id
from queries.paths.space import Effect, PathSpace


class RandomCircuits(NamedTuple):
    """The same figures over random circuits of as many features."""

    n: int
    explained: Spread
    replacement: Spread | None
    completeness: Spread | None


class DrawnCircuit(NamedTuple):
    graph: AttributionGraph
    """The one of which ordinals are: another than the asked one where the target is a difference."""
    targets: list[tuple[int, float]]
    rather_than: int | None
    nodes: list[CircuitNode]
    """Supernodes, then single nodes, as they were given."""
    links: list[DirectLink]
    """By their influence."""
    n_features: int
    effect: Effect
    """Of all paths over its features only, whether the tokens where they begin are drawn or not. Its influence is what
    the circuit explains."""
    matching: float
    """What all features explain."""
    total: float
    """The influence from the sources."""
    hidden: float | None
    """The influence over features along the paths that `hide_bos` leaves out; None where it hides none."""
    scores: GraphScores | None
    whole_scores: GraphScores | None
    random: RandomCircuits | None
    """None where none are asked for, or no feature is drawn."""


def score_drawn(
    graph: AttributionGraph, question: DrawnQuestion, limits: Limits | None = None
) -> DrawnCircuit:
    """Raises InvalidRequest, and like `Limits`."""
    limits, space = limits or Limits(), question.space(graph)
    drawn = _drawn(graph, question)
    n, is_feature = len(graph.nodes), graph.nodes.kind == NodeKind.FEATURE
    chosen: Bools = np.zeros(n, dtype=np.bool_)
    chosen[[node for nodes, _ in drawn for node in nodes]] = True
    chosen &= is_feature
    flows = Flows.of(space, chosen)
    flow = flows.from_sources + flows.through + flows.into_targets
    nodes = [CircuitNode(members, name, float(flow[list(members)].sum())) for members, name in drawn]
    scores = SubgraphScores(graph)
    limits.check()
    return DrawnCircuit(
        graph=space.graph,
        targets=[(node, float(space.target_weight[node])) for node in space.targets.tolist()],
        rather_than=space.query.rather_than,
        nodes=nodes,
        links=direct_links(space, nodes),
        n_features=int(chosen.sum()),
        effect=explained_effect(space, chosen),
        matching=passing(space, is_feature).explained,
        total=space.from_sources,
        hidden=hidden_influence(graph, question, space),
        scores=scores.of(chosen),
        whole_scores=scores.whole,
        random=_random(space, scores, random_circuits(graph, chosen, question.random), limits),
    )


def _drawn(graph: AttributionGraph, question: DrawnQuestion) -> list[tuple[tuple[int, ...], str | None]]:
    """The nodes of each part and its name, None for a single node; none twice, and no part without nodes."""
    at = ordinals_by_id(graph)
    parts = [
        (known_nodes(at, f"the supernode {one.name!r}", one.nodes), one.name) for one in question.supernodes
    ]
    held, drawn = set[int](), list[tuple[tuple[int, ...], str | None]]()
    for nodes, name in [*parts, *(([node], None) for node in known_nodes(at, "pinned", question.pinned))]:
        if members := tuple(sorted(set(nodes) - held)):
            drawn.append((members, name))
        held.update(members)
    return drawn


def _random(
    space: PathSpace, scores: SubgraphScores, circuits: list[Bools], limits: Limits
) -> RandomCircuits | None:
    explained, found = list[float](), list[GraphScores | None]()
    for one in circuits:
        limits.check()
        explained.append(passing(space, one).explained)
        found.append(scores.of(one))
    if (of_explained := spread(explained)) is None:
        return None
    known = [one for one in found if one is not None]
    return RandomCircuits(
        len(circuits),
        of_explained,
        spread([one.replacement for one in known]),
        spread([one.completeness for one in known]),
    )
