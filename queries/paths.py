"""The k best paths through an attribution graph, exactly.

1. The score of a path is the product of the `share` of its edges, times the weight of its target. In logs it
   is a sum of costs, none negative.
2. One pass from the targets gives the least cost to go from every node (and length state): the best that any
   continuation can reach, not merely a bound.
3. Best-first search from the sources, guided by it, therefore never visits a prefix that no answer uses. A node's
   continuations are sorted when it is first met and taken one at a time: each step puts the next-best
   continuation of the same prefix on the heap, so k paths of length l cost O(k l) heap operations.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from queries.acyclic import AcyclicGraph, LengthStates
from queries.errors import InvalidRequest
from queries.graph import AttributionGraph, Floats, Ints, NodeKind, Nodes

MAX_PATHS = 10_000


class Path(NamedTuple):
    """One path: `nodes` are ordinals from source to target, `edges` rows of the edge columns between them."""

    score: float
    nodes: tuple[int, ...]
    edges: tuple[int, ...]


class Totals(NamedTuple):
    """Where the target's influence comes from, over all stored paths; the target's total influence is 1."""

    total: float
    matching: float
    direct: float
    from_errors: float
    pruned_away: float | None


@dataclass(frozen=True)
class PathQuery:
    """Which paths are asked for: from embedding nodes to one logit, of an allowed number of edges."""

    k: int = 10
    target: int | None = None
    """Ordinal of a logit node; None: the most probable."""
    min_length: int = 2
    max_length: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MAX_PATHS:
            raise InvalidRequest("k", f"must be between 1 and {MAX_PATHS}, not {self.k}")
        if self.min_length < 1:
            raise InvalidRequest("min_length", "a path has at least one edge")
        if self.max_length is not None and self.max_length < self.min_length:
            raise InvalidRequest(
                "max_length", f"{self.max_length} is below min_length, which is {self.min_length}"
            )


class PathSpace:
    """A graph's edges with a query's sources, target and lengths: what a ranking searches.

    `source`, `target` and `share` are the columns of the edges that paths may use: those into features and into the
    target; `edges` are their rows in the graph's own columns.
    """

    def __init__(self, graph: AttributionGraph, query: PathQuery) -> None:
        nodes, n = graph.nodes, len(graph.nodes)
        self.graph, self.query = graph, query
        self.target_node = choose_target(nodes) if query.target is None else query.target
        if not (0 <= self.target_node < n and nodes.kind[self.target_node] == NodeKind.LOGIT):
            raise InvalidRequest("target", "it must be a logit node of the graph")
        into = (nodes.kind == NodeKind.FEATURE) | (np.arange(n) == self.target_node)
        self.edges: Ints = np.flatnonzero(into[graph.edges.target])
        self.share: Floats = graph.edges.share[self.edges]
        self.acyclic = AcyclicGraph(n, graph.edges.source[self.edges], graph.edges.target[self.edges])
        self.starts: Floats = (nodes.kind == NodeKind.EMBEDDING).astype(np.float64)
        self.ends: Floats = np.zeros(n)
        self.ends[self.target_node] = 1.0
        # No path is longer than `deepest`: limits beyond it are all alike, and states are not free.
        beyond = int(self.acyclic.level.max(initial=0)) + 1
        longest = None if query.max_length is None else min(query.max_length, beyond)
        self.lengths = LengthStates.between(min(query.min_length, beyond), longest)

    def totals(self) -> Totals:
        """The answer's totals, by one pass each."""
        nodes, acyclic = self.graph.nodes, self.acyclic
        influence = acyclic.sum_to(self.ends, self.share)
        matching = acyclic.counted_sum_from(self.starts, self.share, self.lengths)[0, self.target_node]
        into_target = acyclic.target == self.target_node
        total = float(influence @ self.starts)
        from_errors = float(influence[nodes.kind == NodeKind.ERROR].sum())
        pruned_away = None
        if self.graph.record.share_basis == "trace":
            without_inputs = (nodes.input_total == 0) & (nodes.kind == NodeKind.FEATURE)
            without_inputs[self.target_node] = nodes.input_total[self.target_node] == 0
            # Rounding can leave a few 1e-17 below zero where nothing was pruned.
            pruned_away = max(0.0, 1.0 - total - from_errors - float(influence[without_inputs].sum()))
        return Totals(
            total=total,
            matching=float(matching),
            direct=float(self.share[into_target] @ self.starts[acyclic.source[into_target]]),
            from_errors=from_errors,
            pruned_away=pruned_away,
        )


def choose_target(nodes: Nodes) -> int:
    """The most probable logit; a tie goes to the file's target logit, then to the first."""
    logits = nodes.of_kind(NodeKind.LOGIT)
    probability = np.nan_to_num(nodes.probability[logits], nan=-1.0)
    return int(logits[np.lexsort((logits, ~nodes.is_target_logit[logits], -probability))[0]])


def best_paths(space: PathSpace) -> list[Path]:
    """The query's k best paths, best first; equal scores by their node keys from the source."""
    found = [
        Path(score, nodes, tuple(int(space.edges[edge]) for edge in edges))
        for score, nodes, edges in islice(
            search(space.acyclic, space.share, space.starts, space.ends, space.lengths), space.query.k
        )
    ]
    keys = space.graph.nodes.keys("")
    return sorted(found, key=lambda path: (-path.score, [keys[node] for node in path.nodes]))


def search(
    acyclic: AcyclicGraph, share: Floats, starts: Floats, ends: Floats, lengths: LengthStates
) -> Iterator[Path]:
    """All paths from nodes with starts > 0 to nodes with ends > 0, best score first (up to rounding).

    shapes: share (n_edges,), each in (0, 1]; starts, ends (n,) weights of a path's first and last node.
    A path's `edges` are rows of `acyclic`'s edges. A search is as long as its reader reads.
    """
    with np.errstate(divide="ignore"):
        cost, start_cost, end_cost = -np.log(share), -np.log(starts), -np.log(ends)
    to_go = acyclic.least_cost_to(end_cost, cost, lengths)
    first_edge, edges_out = acyclic.outputs
    options: dict[tuple[int, int], tuple[list[float], list[int]]] = {}

    def continuations(state: int, node: int) -> tuple[list[float], list[int]]:
        """Costs to go and edges (-1: the path ends here), least first."""
        known = options.get((state, node))
        if known is None:
            step = lengths.step[state]
            edges = edges_out[first_edge[node] : first_edge[node + 1]] if step >= 0 else edges_out[:0]
            costs = cost[edges] + to_go[step, acyclic.target[edges]]
            if lengths.accepts[state]:
                edges, costs = np.append(edges, -1), np.append(costs, end_cost[node])
            possible = np.isfinite(costs)
            edges, costs = edges[possible], costs[possible]
            order = np.argsort(costs, kind="stable")
            known = options[state, node] = costs[order].tolist(), edges[order].tolist()
        return known

    # A heap entry takes continuation `rank` of a prefix: (its whole cost, a tie-breaker, the prefix's cost, state,
    # node, rank, the prefix as a linked list of (edge, prefix before it)).
    ties = count()
    heap: list[tuple[float, int, float, int, int, int, _Prefix | None]] = [
        (float(start_cost[node] + to_go[0, node]), next(ties), float(start_cost[node]), 0, int(node), 0, None)
        for node in np.flatnonzero(np.isfinite(start_cost + to_go[0]))
    ]
    heapq.heapify(heap)
    while heap:
        _, _, so_far, state, node, rank, prefix = heapq.heappop(heap)
        costs, edges = continuations(state, node)
        if rank + 1 < len(costs):
            heapq.heappush(
                heap, (so_far + costs[rank + 1], next(ties), so_far, state, node, rank + 1, prefix)
            )
        edge = edges[rank]
        if edge < 0:
            yield _path(acyclic, share, starts, ends, node, prefix)
        else:
            after, reached = so_far + float(cost[edge]), int(acyclic.target[edge])
            following = int(lengths.step[state])
            best = after + continuations(following, reached)[0][0]
            heapq.heappush(heap, (best, next(ties), after, following, reached, 0, _Prefix(edge, prefix)))


class _Prefix(NamedTuple):
    edge: int
    before: "_Prefix | None"


def _path(
    acyclic: AcyclicGraph, share: Floats, starts: Floats, ends: Floats, last: int, prefix: _Prefix | None
) -> Path:
    edges: list[int] = []
    while prefix is not None:
        edges.append(prefix.edge)
        prefix = prefix.before
    edges.reverse()
    nodes = (*(int(acyclic.source[edge]) for edge in edges), last)
    score = float(starts[nodes[0]])
    for edge in edges:
        score *= float(share[edge])
    return Path(score * float(ends[last]), nodes, tuple(edges))
