"""A stored graph with a question in ordinals: the space that a ranking searches, its totals, and its best paths."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.acyclic import Goal
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, NodeKind, Nodes
from queries.graph.difference import rather_than
from queries.limits import Limits
from queries.paths.scores import SCORES, Join, path_score
from queries.paths.search import PathProblem, Walk
from queries.words import DEFAULT_MIN_LENGTH, DEFAULT_PATHS, MAX_PATHS, MAX_THROUGH, Side, Sign

GOALS = {Join.PRODUCT: Goal.PRODUCT, Join.MEAN: Goal.SUM, Join.MINIMUM: Goal.LEAST}
"""The search's goal for each join of factors: among paths of one length, the largest mean has the largest sum."""


class Effect(NamedTuple):
    """The effect of paths on their target, whichever score ranks them.

    A path raises its target if the product of its weights is positive, and lowers it if that is negative. `influence`
    is the sum of the paths' influences, `net` the same with lowering paths taken as negative: shares of the target's
    total influence. `contribution` is the signed sum of the paths' contributions (`queries.paths.scores`); None where
    the graph lacks activations.
    """

    influence: float
    net: float
    contribution: float | None

    @property
    def raising(self) -> float:
        """The influence along the paths that raise the target."""
        return max(0.0, (self.influence + self.net) / 2.0)

    @property
    def lowering(self) -> float:
        """The influence along the paths that lower the target."""
        return max(0.0, (self.influence - self.net) / 2.0)


class Path(NamedTuple):
    """One path: `nodes` are ordinals from source to target, `edges` the rows of the edge columns between them."""

    score: float
    nodes: tuple[int, ...]
    edges: tuple[int, ...]
    effect: Effect


class Totals(NamedTuple):
    """The origins of the target's influence, over all stored paths; the target's total influence is 1."""

    total: float
    matching: float
    effect: Effect
    """The effect of the paths that satisfy the query, whose influence is `matching`."""
    direct: float
    from_errors: float
    pruned_away: float | None


@dataclass(frozen=True)
class PathQuery:
    """A question's paths, in ordinals of the graph. Filters combine."""

    k: int = DEFAULT_PATHS
    score: str = "influence"
    """One of `queries.paths.scores.SCORES`."""
    sources: tuple[int, ...] | None = None
    """Embedding, error or feature nodes; None: all embedding nodes."""
    targets: tuple[int, ...] | None = None
    """Logit nodes, weighted by their probabilities, or one feature node; None: the most probable logit."""
    rather_than: int | None = None
    """A logit: paths end at the difference of the target, which is one logit, and this one."""
    through: tuple[tuple[int, ...], ...] = ()
    """A path must contain at least one node of every item, in any order."""
    avoid: tuple[int, ...] = ()
    """No path contains one of these."""
    sign: Sign | None = None
    side: Side | None = None
    """Ranks one side of the paths that fit; the totals tell both."""
    min_length: int = DEFAULT_MIN_LENGTH
    max_length: int | None = None

    def __post_init__(self) -> None:
        path_score(self.score)
        if not 1 <= self.k <= MAX_PATHS:
            raise InvalidRequest("k", f"must be between 1 and {MAX_PATHS}, not {self.k}")
        if self.min_length < 1:
            raise InvalidRequest("min_length", "a path has at least one edge")
        if self.max_length is not None and self.max_length < self.min_length:
            raise InvalidRequest(
                "max_length", f"{self.max_length} is below min_length, which is {self.min_length}"
            )
        if self.side is not None and self.sign is not None:
            raise InvalidRequest(
                "side", "cannot be asked for together with sign, which chooses paths by it already"
            )
        if len(self.through) > MAX_THROUGH:
            raise InvalidRequest("through", f"at most {MAX_THROUGH} items, not {len(self.through)}")
        if not all(self.through):
            raise InvalidRequest("through", "an item of no nodes cannot be met")


class PathSpace:
    """A graph with a query, as a ranking searches it. Raises InvalidRequest.

    graph: the given one, or, where the target is a difference of logits, the one that `rather_than` makes of it.
    targets (n_targets,) ordinals; target_weight (n_nodes,) the factor of a path that ends at a target, 0 elsewhere;
    factors sum to 1; factor (n_edges,) each edge's signed part of the score; size (n_edges,) the part that the search
    compares.
    """

    def __init__(self, graph: AttributionGraph, query: PathQuery) -> None:
        self.targets, weights = _targets(graph.nodes, query.targets)
        if query.rather_than is not None:
            _check_difference(graph.nodes, self.targets, query.rather_than)
            graph = rather_than(graph, int(self.targets[0]), query.rather_than)
        nodes, n = graph.nodes, len(graph.nodes)
        self.graph, self.query, self.score = graph, query, path_score(query.score)
        self.acyclic = graph.acyclic
        self.target_weight: Floats = np.zeros(n)
        self.target_weight[self.targets] = weights
        self.is_source: Bools = _sources(nodes, query.sources)
        is_target = self.target_weight > 0.0
        avoided = np.zeros(n, dtype=np.bool_)
        avoided[_checked("avoid", query.avoid, n)] = True
        self.into: Bools = (nodes.kind == NodeKind.FEATURE) | is_target
        """(n_nodes,) the nodes that paths come through or lead to."""
        self.is_target: Bools = is_target
        self.factor = self.score.factors(graph, is_target)
        self.size: Floats = np.abs(self.factor) if self.score.ranked_by_size else self.factor
        self.goal = GOALS[self.score.join]
        self.problem = PathProblem(
            graph=self.acyclic,
            begin=self.is_source & ~avoided,
            ends=np.where(avoided, 0.0, self.target_weight),
            passable=self.into & ~avoided,
            through=[_checked("through", item, n) for item in query.through],
            sign=query.sign,
            negative=None if query.sign is None else graph.edges.weight < 0.0,
            min_length=query.min_length,
            max_length=query.max_length,
        )
        self.ranked = self.problem
        """The paths that the search ranks: those that fit, or one side of them."""
        if query.side is not None:
            sign: Sign = "positive" if query.side == "raises" else "negative"
            self.ranked = replace(self.problem, sign=sign, negative=graph.edges.weight < 0.0)

    @cached_property
    def influence(self) -> Floats:
        """(n_nodes,) the influence of each node on the targets, over all paths of at least one edge."""
        return self.acyclic.sum_to(self.target_weight, self.graph.edges.share, self.into) - self.target_weight

    @property
    def from_sources(self) -> float:
        """The influence from the sources over all paths, without the filters."""
        return float(self.influence[self.is_source].sum())

    def totals(self) -> Totals:
        """The answer's totals, by one pass each."""
        nodes, edges, influence = self.graph.nodes, self.graph.edges, self.influence
        from_embeddings = float(influence[nodes.kind == NodeKind.EMBEDDING].sum())
        from_errors = float(influence[nodes.kind == NodeKind.ERROR].sum())
        into_targets = self.acyclic.into(self.targets)
        direct_edges = into_targets[self.is_source[edges.source[into_targets]]]
        direct = float(edges.share[direct_edges] @ self.target_weight[edges.target[direct_edges]])
        pruned_away = None
        if self.graph.record.share_basis == "trace":
            dead_ends = (nodes.input_total == 0.0) & self.into
            lost = float((influence + self.target_weight)[dead_ends].sum())
            # Where nothing was pruned, rounding can leave a few 1e-17 below zero.
            pruned_away = max(0.0, 1.0 - from_embeddings - from_errors - lost)
        matching = self._matching(edges.share, self.influence)
        return Totals(
            total=self.from_sources,
            matching=matching,
            effect=Effect(
                matching,
                self._matching(self.signed_share),
                None if self.contribution is None else self._matching(self.contribution),
            ),
            direct=direct,
            from_errors=from_errors,
            pruned_away=pruned_away,
        )

    def _matching(self, value: Floats, onwards: Floats | None = None) -> float:
        """The sum of the product of `value` (n_edges,) over the paths that satisfy the query. `onwards` (n_nodes,): the
        same from each node on, where it is known."""
        query, edges = self.query, self.graph.edges
        filters = query.through, query.avoid, query.sign, query.max_length
        if any(filters) or query.min_length > 2:
            return self.problem.sum_of(value)
        # Without filters one pass to the targets is enough, in a single state.
        if onwards is None:
            onwards = self.acyclic.sum_to(self.target_weight, value, self.into) - self.target_weight
        first = np.flatnonzero(self.is_source[edges.source] & self.into[edges.target])
        target, begun = edges.target[first], value[first]
        after_first = onwards[target] + (self.target_weight[target] if query.min_length == 1 else 0.0)
        return float(begun @ after_first)

    @cached_property
    def signed_share(self) -> Floats:
        """(n_edges,) the share of each edge, negative where its weight is."""
        return np.copysign(self.graph.edges.share, self.graph.edges.weight)

    @cached_property
    def contribution(self) -> Floats | None:
        """(n_edges,) each edge's factor of a path's contribution; None where the graph lacks activations."""
        if self.score.name == "contribution":
            return self.factor
        try:
            return SCORES["contribution"].factors(self.graph, self.is_target)
        except InvalidRequest:
            return None

    def path(self, walk: Walk) -> Path:
        """A walk with its score and effect."""
        edges = list(walk.edges)
        weight = float(self.target_weight[walk.nodes[-1]])
        factors = self.factor[edges].tolist()
        match self.score.join:
            case Join.MEAN:
                score = math.fsum(factors) / len(factors)
            case Join.MINIMUM:
                score = min(factors)
            case Join.PRODUCT:
                score = math.prod(factors) * weight
        net = math.prod(self.signed_share[edges].tolist()) * weight
        contribution = (
            None if self.contribution is None else math.prod(self.contribution[edges].tolist()) * weight
        )
        return Path(score, *walk, Effect(abs(net), net, contribution))


def choose_target(nodes: Nodes) -> int:
    """The most probable logit; a tie goes to the file's target logit, then to the first."""
    logits = nodes.of_kind(NodeKind.LOGIT)
    probability = np.nan_to_num(nodes.probability[logits], nan=-1.0)
    return int(logits[np.lexsort((logits, ~nodes.is_target_logit[logits], -probability))[0]])


def best_paths(space: PathSpace, limits: Limits | None = None) -> list[Path]:
    """The query's k best paths, best first; equal scores by their node keys from the source. Raises like `Limits`."""
    walks = space.ranked.best(space.goal, space.size, space.query.k, limits or Limits())
    found = [space.path(walk) for walk in walks]
    on_paths = sorted({node for path in found for node in path.nodes})
    keys = dict(zip(on_paths, space.graph.nodes.keys("", np.array(on_paths, dtype=np.int64)), strict=True))
    worth = abs if space.score.ranked_by_size else float
    return sorted(found, key=lambda path: (-worth(path.score), [keys[node] for node in path.nodes]))


def _checked(parameter: str, ordinals: tuple[int, ...], n: int) -> Ints:
    chosen = np.array(ordinals, dtype=np.int64)
    if len(chosen) and not (chosen.min() >= 0 and chosen.max() < n):
        raise InvalidRequest(parameter, f"the graph's nodes are 0 to {n - 1}")
    return chosen


def _sources(nodes: Nodes, asked: tuple[int, ...] | None) -> Bools:
    """(n_nodes,) the nodes where paths may begin."""
    if asked is None:
        embeddings: Bools = nodes.kind == NodeKind.EMBEDDING
        return embeddings
    chosen = _checked("source", asked, len(nodes))
    if not len(chosen):
        raise InvalidRequest("source", "names no node")
    if (nodes.kind[chosen] == NodeKind.LOGIT).any():
        raise InvalidRequest("source", "no path begins at a logit")
    sources = np.zeros(len(nodes), dtype=np.bool_)
    sources[chosen] = True
    return sources


def _targets(nodes: Nodes, asked: tuple[int, ...] | None) -> tuple[Ints, Floats]:
    """The nodes where paths end, and the factor of a path to each; factors sum to 1."""
    chosen = np.unique(_checked("target", (choose_target(nodes),) if asked is None else asked, len(nodes)))
    kinds = nodes.kind[chosen]
    if not len(chosen) or not ((kinds == NodeKind.LOGIT).all() or kinds.tolist() == [NodeKind.FEATURE]):
        raise InvalidRequest("target", "must be logit nodes of the graph, or one feature node")
    if len(chosen) == 1:
        return chosen, np.ones(1)
    probability = nodes.probability[chosen]
    if not (np.isfinite(probability).all() and probability.sum() > 0.0):
        raise InvalidRequest(
            "target", "several logits are weighted by their probabilities, which this graph lacks"
        )
    return chosen, probability / probability.sum()


def _check_difference(nodes: Nodes, targets: Ints, other: int) -> None:
    """Raises InvalidRequest where the difference of the target and the node `other` is not one of two logits."""
    both = [*targets.tolist(), *_checked("rather_than", (other,), len(nodes)).tolist()]
    if len(both) != 2 or (nodes.kind[both] != NodeKind.LOGIT).any():
        raise InvalidRequest("rather_than", "a difference is of two logits: the target, and one other")
    if both[0] == other:
        raise InvalidRequest("rather_than", "is the target itself: name another logit, or another target")
