"""The k best group sequences, described. A sequence stands for all paths that pass through the same groups.

With feature nodes grouped by label, the score of "Dallas" -> Texas -> Austin is the sum of the scores of all its
member paths, whichever of the Texas nodes they visit, however often in a row. Filters and lengths apply to the member
paths; `queries.paths.states` holds their states, `queries.paths.sequence_search` finds the sequences.
"""

import heapq
import math
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools, Ints
from queries.limits import Limits
from queries.paths.search import Walk
from queries.paths.sequence_search import Groups, SequenceSearch
from queries.paths.space import Effect, Path, PathSpace, best_paths

EXACT_COUNT = 2.0**52
"""Above it a float may round a count."""
MAX_VALUES = 20_000_000
"""Of an edge in a state, for all edges and states that a search looks at."""


class GroupSequence(NamedTuple):
    """One group sequence, from source to target.

    `score` is the sum of the absolute scores of its member paths, `signed` the sum of the scores, `effect` the effect
    of all member paths, whichever score ranks. `steps` lists for each group the ordinals of its nodes on member
    paths. `n_members` counts the member paths; it is a float's integer where `n_members_rounded`.
    """

    score: float
    signed: float
    effect: Effect
    steps: tuple[tuple[int, ...], ...]
    n_members: int
    n_members_rounded: bool
    best_members: tuple[Path, ...]


class _Groups:
    """The members of each group and the edges into them, looked up on first use."""

    def __init__(self, search: SequenceSearch, space: PathSpace, group: Ints) -> None:
        self.members = search.members
        self._problem, self._group = space.problem, group
        self._known: dict[int, tuple[Ints, Ints]] = {}

    def edges(self, number: int, before: int) -> Ints:
        """The edges into a group from the group `before`, which may be the same."""
        if number not in self._known:
            members = self.members(number)
            edges = self._problem.graph.into(members[self._problem.passable[members]])
            source_group = self._group[self._problem.graph.source[edges]]
            by_source = np.argsort(source_group, kind="stable")
            self._known[number] = edges[by_source], source_group[by_source]
        edges, source_group = self._known[number]
        first, last = np.searchsorted(source_group, (before, before + 1))
        return edges[first:last]


def best_group_sequences(
    space: PathSpace, group: Ints, best_members: int = 1, limits: Limits | None = None
) -> list[GroupSequence]:
    """The query's k best sequences of `group` (n_nodes,) numbers, best first, with their best members.

    Consecutive members of one group count once. Equal scores are ordered by the keys of the sequences' first nodes.
    With a `side` the sequences are those that raise (lower) the target on balance, by the difference between the scores
    of their paths on that side and on the other.
    Raises InvalidRequest for a score that cannot be added up and for filters that need too much memory, and like
    `Limits`.
    """
    if not space.score.grouped:
        raise InvalidRequest(
            "score", f"{space.score.name} of single paths cannot be added up, so not in groups"
        )
    _check_memory(space)
    limits = limits or Limits()
    if len(np.unique(group)) == len(group):
        return [_of_path(path, best_members) for path in best_paths(space, limits)]
    by_score, k = space.query.side is None, space.query.k
    search = SequenceSearch(space.ranked, space.size, group, k if by_score else 2 * k, limits)
    groups = _Groups(search, space, group)
    ranked = search.best() if by_score else _best_of_side(space, group, groups, search, limits)
    described: list[tuple[float, GroupSequence]] = []
    for worth, sequence in ranked:
        limits.check()
        members = [groups.members(number).tolist() for number in sequence]
        if all(len(nodes) == 1 for nodes in members):
            one = _of_path(_path(space, [node for (node,) in members]), best_members)
        else:
            one = _describe(space, groups, worth if by_score else None, sequence, best_members, limits)
        described.append((worth, one))
    first = np.array([step[0] for _, one in described for step in one.steps], dtype=np.int64)
    keys = dict(zip(first.tolist(), space.graph.nodes.keys("", first), strict=True))
    described.sort(key=lambda found: (-found[0], [keys[step[0]] for step in found[1].steps]))
    return [one for _, one in described]


def influence_covered(space: PathSpace, group: Ints, limits: Limits) -> float:
    """The influence along the k best sequences of a query that ranks by it, without the sequences themselves. Raises
    like `Limits`."""
    search = SequenceSearch(space.ranked, space.size, group, space.query.k, limits)
    return math.fsum(score for score, _ in search.best())


class SumsOfSequence(NamedTuple):
    """What the paths of one sequence carry, by influence: `sources` are (ordinal, influence) of each node that they
    begin at, the largest first; `steps` as in `GroupSequence`."""

    effect: Effect
    sources: tuple[tuple[int, float], ...]
    steps: tuple[tuple[int, ...], ...]


def best_sequences(space: PathSpace, group: Ints, k: int, limits: Limits) -> list[Groups]:
    """The k best sequences of `group` (n_nodes,) numbers by influence, best first, without what is to say of them.
    Raises InvalidRequest where they need too much memory, and like `Limits`."""
    _check_memory(space)
    search = SequenceSearch(space.ranked, space.size, group, k, limits)
    return [sequence for _, sequence in search.best()]


def sums_of_sequences(
    space: PathSpace, group: Ints, sequences: Iterable[Groups], limits: Limits
) -> Iterator[SumsOfSequence | None]:
    """The sums over all paths of each of these sequences, of three groups at least, whether it is among the best or
    not; None where no path runs so. Sources have no inputs from each other. Raises like `Limits`."""
    search = SequenceSearch(space.ranked, space.size, group, 1, limits)
    groups = _Groups(search, space, group)
    for sequence in sequences:
        limits.check()
        members = _Members(space, groups, sequence)
        n_members, on_path = members.count()
        if n_members == 0.0:
            yield None
            continue
        problem, share = members.problem, space.graph.edges.share[members.edges]
        onwards = problem.graph.sum_to(problem.ends, share, problem.passable)
        first = np.flatnonzero(on_path & problem.begin)
        sources = sorted(
            zip(members.node[first].tolist(), onwards[first].tolist(), strict=True),
            key=lambda found: (-found[1], found[0]),
        )
        yield SumsOfSequence(_effect(space, members), tuple(sources), _steps(members, on_path, len(sequence)))


def _check_memory(space: PathSpace) -> None:
    """Raises InvalidRequest."""
    n_states, n_edges = len(space.ranked.states), len(space.graph.edges)
    if n_states * n_edges > MAX_VALUES:
        raise InvalidRequest(
            "group_by",
            f"these filters take {n_states:,} states for each of {n_edges:,} edges, which is too much memory for "
            "groups: ask for fewer `through`, or for single paths",
        )


def _best_of_side(
    space: PathSpace, group: Ints, groups: _Groups, search: SequenceSearch, limits: Limits
) -> list[tuple[float, Groups]]:
    """The k sequences whose score on the query's side exceeds that on the other side most, with the difference.

    The difference is at most the score on the side itself, by which the search finds sequences, best first: once that
    is no more than the k-th best difference, none is left to find. How many sequences this takes is not known before,
    so after `search` another begins for twice as many.
    """
    net_value = np.copysign(space.size, space.graph.edges.weight)
    towards = 1.0 if space.query.side == "raises" else -1.0
    differences: dict[Groups, float] = {}
    k = space.query.k
    while True:
        n_found = 0
        best: list[float] = []
        for score, sequence in search.best():
            if len(best) == k and best[0] >= score:
                break
            limits.check()
            n_found += 1
            if sequence not in differences:
                members = _Members(space, groups, sequence)
                differences[sequence] = towards * members.problem.sum_of(net_value[members.edges])
            if differences[sequence] > 0.0:
                heapq.heappush(best, differences[sequence])
                if len(best) > k:
                    heapq.heappop(best)
        if n_found < search.k:
            break
        search = SequenceSearch(space.ranked, space.size, group, 2 * search.k, limits)
    return heapq.nlargest(k, ((net, sequence) for sequence, net in differences.items() if net > 0.0))


class _Members:
    """The member paths of one sequence, as paths over spots: (place in the sequence, node)."""

    def __init__(self, space: PathSpace, groups: _Groups, sequence: Groups) -> None:
        acyclic = space.acyclic
        edges, places, into = [], [], []
        for place, number in enumerate(sequence):
            for from_place in {max(0, place - 1), place}:
                edges.append(groups.edges(number, sequence[from_place]))
                places.append(np.full(len(edges[-1]), from_place))
                into.append(np.full(len(edges[-1]), place))
        self.edges: Ints = np.concatenate(edges)
        first, last = np.concatenate(places), np.concatenate(into)
        spots, numbers = np.unique(
            np.concatenate(
                [
                    first * acyclic.n + acyclic.source[self.edges],
                    last * acyclic.n + acyclic.target[self.edges],
                    groups.members(sequence[0]),
                    (len(sequence) - 1) * acyclic.n + groups.members(sequence[-1]),
                ]
            ),
            return_inverse=True,
        )
        m, outer = len(self.edges), space.problem
        self.node, self.place = spots % acyclic.n, spots // acyclic.n
        self.problem = replace(
            outer,
            graph=AcyclicGraph(len(spots), numbers[:m], numbers[m : 2 * m]),
            begin=(self.place == 0) & outer.begin[self.node],
            ends=np.where(self.place == len(sequence) - 1, outer.ends[self.node], 0.0),
            passable=outer.passable[self.node],
            through=[np.flatnonzero(np.isin(self.node, item)) for item in outer.through],
            negative=None if outer.negative is None else outer.negative[self.edges],
        )

    def count(self) -> tuple[float, Bools]:
        """The number of member paths, exact up to EXACT_COUNT, and (n_spots,) the spots that lie on one."""
        problem, states = self.problem, self.problem.states
        ones, begin = np.ones(len(self.edges)), problem.begin.astype(np.float64)
        arriving = problem.graph.sum_from(begin, ones, problem.passable, problem.negative, states)
        ends = np.flatnonzero(problem.ends)
        end_states = [states.at_target(spot) for spot in ends.tolist()]
        n_members = min(float(arriving[ends, end_states].sum()), sys.float_info.max)
        return n_members, self._on_paths(arriving > 0.0, ends, end_states)

    def _on_paths(self, can_begin: Bools, ends: Ints, end_states: list[int]) -> Bools:
        """(n_spots,) the spots on member paths: walks from the ends reach them in a state from which a path can
        begin."""
        graph, states, negative = self.problem.graph, self.problem.states, self.problem.negative
        reached = np.zeros_like(can_begin)
        reached[ends, end_states] = can_begin[ends, end_states]
        downwards = np.argsort(-graph.level[graph.target], kind="stable")
        level = graph.level[graph.target[downwards]]
        for edges in np.split(downwards, np.flatnonzero(np.diff(level)) + 1):
            signs = 0 if negative is None else negative[edges].astype(np.int64)
            after = states.step[states.kind[graph.source[edges]], signs]
            spot, state = np.nonzero(reached[graph.target[edges]] & (after >= 0))
            source, source_state = graph.source[edges][spot], after[spot, state]
            reached[source, source_state] = can_begin[source, source_state]
        on_path: Bools = np.any(reached, axis=1)
        return on_path


def _path(space: PathSpace, nodes: list[int]) -> Path:
    edges = []
    for source, target in pairwise(nodes):
        row = space.acyclic.into(np.array([target]))
        edges.append(int(row[space.acyclic.source[row] == source][0]))
    return space.path(Walk(tuple(nodes), tuple(edges)))


def _of_path(path: Path, best_members: int) -> GroupSequence:
    """A sequence of single nodes, which has one member path."""
    return GroupSequence(
        score=abs(path.score),
        signed=path.score,
        effect=path.effect,
        steps=tuple((node,) for node in path.nodes),
        n_members=1,
        n_members_rounded=False,
        best_members=(path,)[:best_members],
    )


def _describe(
    space: PathSpace,
    groups: _Groups,
    score: float | None,
    sequence: Groups,
    best_members: int,
    limits: Limits,
) -> GroupSequence:
    members = _Members(space, groups, sequence)
    n_members, on_path = members.count()
    factor, sum_of = space.factor[members.edges], members.problem.sum_of
    walks = members.problem.best(space.goal, np.abs(factor), best_members, limits) if best_members else ()
    best = tuple(
        space.path(
            Walk(
                tuple(int(members.node[spot]) for spot in walk.nodes),
                tuple(int(members.edges[edge]) for edge in walk.edges),
            )
        )
        for walk in walks
    )
    return GroupSequence(
        score=sum_of(np.abs(factor)) if score is None else score,
        signed=sum_of(factor),
        effect=_effect(space, members),
        steps=_steps(members, on_path, len(sequence)),
        n_members=int(n_members),
        n_members_rounded=n_members > EXACT_COUNT,
        best_members=best,
    )


def _effect(space: PathSpace, members: _Members) -> Effect:
    sum_of = members.problem.sum_of
    return Effect(
        influence=sum_of(space.graph.edges.share[members.edges]),
        net=sum_of(space.signed_share[members.edges]),
        contribution=None if space.contribution is None else sum_of(space.contribution[members.edges]),
    )


def _steps(members: _Members, on_path: Bools, n_steps: int) -> tuple[tuple[int, ...], ...]:
    """For each step the ordinals of its nodes on member paths, which `on_path` (n_spots,) marks."""
    return tuple(
        tuple(sorted(members.node[on_path & (members.place == place)].tolist())) for place in range(n_steps)
    )
