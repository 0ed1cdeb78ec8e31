"""The k best group sequences, exactly. A sequence stands for all paths that pass through the same groups.

With feature nodes grouped by label, the score of "Dallas" -> Texas -> Austin is the sum of the scores of all its
member paths, whichever of the Texas nodes they visit, however often in a row.

1. Sequences grow backwards from the target. Each carries c, the influence of its front group's members on the
   target along the sequence, one value for each member and state.
2. `arriving` is the influence that arrives at each node from the sources. The sum of c[m] * arriving[m] over the
   nodes m entered in the front group is the exact sum of all sequences that end like this one, hence a bound for each
   of them.
3. Best first by that bound: the search pops a sequence, closes it over the edges inside its front group, extends it by
   every group that feeds it, and, where its front holds sources, finishes it with its exact score. A finished sequence
   on top of the heap is the next best.

Filters and lengths apply to the member paths; `queries.paths.states` holds their states.
"""

import heapq
import sys
from dataclasses import dataclass, replace
from itertools import count
from time import monotonic
from typing import NamedTuple

import numpy as np

from queries.errors import InvalidRequest, QueryTimeout
from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools, Floats, Ints
from queries.paths.search import PathProblem, Walk
from queries.paths.space import Effect, Path, PathSpace

EXACT_COUNT = 2.0**52
"""Above it a float may round a count."""
MAX_VALUES = 20_000_000
"""Values that one step of the search may move, one for each edge and state."""
MAX_SECONDS = 30.0
"""Time limit of an answer's search, whose number of steps is unknown beforehand."""


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


@dataclass(frozen=True, eq=False)
class _Group:
    """A group's members, the edges inside it (level by level, downwards) and the edges into it from others."""

    members: Ints
    inside: list[Ints]
    entering: Ints  # sorted by the source's group, then by source
    entered_from: Ints  # (n_entrances,) distinct sources of `entering`
    entrance_starts: Ints  # (n_entrances,) where each begins in `entering`
    feeders: list[tuple[int, slice]]  # each feeding group and its part of `entered_from`


class _Groups:
    """The groups of a search, each indexed on first use."""

    def __init__(self, problem: PathProblem, group: Ints) -> None:
        self.problem, self.group = problem, group
        self._by_number = np.argsort(group, kind="stable")
        self._starts = np.searchsorted(group[self._by_number], np.arange(group.max(initial=0) + 2))
        self._known: dict[int, _Group] = {}

    def __getitem__(self, number: int) -> _Group:
        if number not in self._known:
            self._known[number] = self._indexed(number)
        return self._known[number]

    def _indexed(self, number: int) -> _Group:
        acyclic, group = self.problem.graph, self.group
        members = self._by_number[self._starts[number] : self._starts[number + 1]]
        edges = acyclic.into(members[self.problem.passable[members]])
        source = acyclic.source[edges]
        within = group[source] == number
        inner, outer = edges[within], edges[~within]
        inner = inner[np.argsort(-acyclic.level[acyclic.target[inner]], kind="stable")]
        level = acyclic.level[acyclic.target[inner]]
        outer = outer[np.lexsort((acyclic.source[outer], group[acyclic.source[outer]]))]
        entered, starts = _runs(acyclic.source[outer])
        feeder, feeder_starts = _runs(group[entered])
        bounds = [*feeder_starts.tolist(), len(entered)]
        return _Group(
            members=members,
            inside=np.split(inner, np.flatnonzero(np.diff(level)) + 1) if len(inner) else [],
            entering=outer,
            entered_from=entered,
            entrance_starts=starts,
            feeders=[
                (number, slice(start, end))
                for number, start, end in zip(feeder.tolist(), bounds, bounds[1:], strict=False)
            ],
        )


def _runs(values: Ints) -> tuple[Ints, Ints]:
    """The value and the start of each run of equal values."""
    if not len(values):
        return values, values
    starts = np.concatenate(([0], np.flatnonzero(np.diff(values)) + 1))
    return values[starts], starts


def best_group_sequences(space: PathSpace, group: Ints, best_members: int = 1) -> list[GroupSequence]:
    """The query's k best sequences of `group` (n_nodes,) numbers, best first, with their best members.

    Consecutive members of one group count once. Equal scores are ordered by the keys of the sequences' first nodes.
    Raises InvalidRequest for a score that cannot be added up and for filters that need too much memory, QueryTimeout.
    """
    if not space.score.grouped:
        raise InvalidRequest(
            "score", f"{space.score.name} of single paths cannot be added up, so not in groups"
        )
    n_states, n_edges = len(space.problem.states), len(space.graph.edges)
    if n_states * n_edges > MAX_VALUES:
        raise InvalidRequest(
            "group_by",
            f"these filters take {n_states:,} states for each of {n_edges:,} edges, which is too much memory for "
            "groups: ask for fewer `through`, or for single paths",
        )
    groups, deadline = _Groups(space.problem, group), monotonic() + MAX_SECONDS
    described = []
    for found in _search(space, groups, deadline):
        _check_time(deadline)
        described.append(_describe(space, groups, *found, best_members))
    first = np.array([step[0] for one in described for step in one.steps], dtype=np.int64)
    keys = dict(zip(first.tolist(), space.graph.nodes.keys("", first), strict=True))
    return sorted(described, key=lambda one: (-one.score, [keys[step[0]] for step in one.steps]))


def _check_time(deadline: float) -> None:
    if monotonic() > deadline:
        raise QueryTimeout(MAX_SECONDS)


def _search(space: PathSpace, groups: _Groups, deadline: float) -> list[tuple[float, tuple[int, ...]]]:
    """The score and groups of the k best sequences."""
    problem, states, size = space.problem, space.problem.states, space.size
    acyclic, n_states = problem.graph, len(problem.states)
    begin = problem.begin.astype(np.float64)
    arriving = acyclic.sum_from(begin, size, problem.passable, problem.negative, states)
    signs = None if problem.negative is None else problem.negative.astype(np.int64)

    def handed_on(edges: Ints, influence: Floats) -> Floats:
        """(len(edges), S + 1) the influence that each edge hands to its source; the last column collects walks that
        end."""
        flow = influence[acyclic.target[edges], :-1] * size[edges, None]
        after = states.step[states.kind[acyclic.source[edges]], 0 if signs is None else signs[edges]]
        moved = np.zeros((len(edges), n_states + 1))
        np.add.at(moved, (np.arange(len(edges))[:, None], after), flow)
        return moved

    ties = count()
    heap: list[tuple[float, int, tuple[int, ...], tuple[Ints, Floats] | None]] = []

    def push(bound: float, sequence: tuple[int, ...], entered: tuple[Ints, Floats] | None) -> None:
        if bound > 0.0:
            heapq.heappush(heap, (-bound, next(ties), sequence, entered))

    for number in np.unique(groups.group[problem.ends > 0.0]).tolist():
        targets = np.flatnonzero((problem.ends > 0.0) & (groups.group == number))
        at_targets = np.zeros((len(targets), n_states))
        for place, node in enumerate(targets.tolist()):
            at_targets[place, states.at_target(node)] = problem.ends[node]
        push(float((at_targets * arriving[targets]).sum()), (number,), (targets, at_targets))

    influence = np.zeros((acyclic.n, n_states + 1))  # scratch
    found: list[tuple[float, tuple[int, ...]]] = []
    while heap and len(found) < space.query.k:
        _check_time(deadline)
        bound, _, sequence, entered = heapq.heappop(heap)
        if entered is None:
            found.append((-bound, sequence))
            continue
        front = groups[sequence[0]]
        entrances, values = entered
        influence[entrances, :-1] = values
        for edges in front.inside:
            np.add.at(influence, acyclic.source[edges], handed_on(edges, influence))
        held = influence[front.members, :-1]
        push(float((held * states.accepts * begin[front.members, None]).sum()), sequence, None)
        if len(front.entering):
            handed = np.add.reduceat(
                handed_on(front.entering, influence)[:, :-1], front.entrance_starts, axis=0
            )
            bounds = (handed * arriving[front.entered_from]).sum(axis=1)
            for number, part in front.feeders:
                own = handed[part].copy()  # a view would keep all of `handed` in memory
                push(float(bounds[part].sum()), (number, *sequence), (front.entered_from[part], own))
        influence[front.members] = 0.0
    return found


class _Members:
    """The member paths of one sequence, as paths over spots: (place in the sequence, node)."""

    def __init__(self, space: PathSpace, groups: _Groups, sequence: tuple[int, ...]) -> None:
        acyclic = space.acyclic
        edges, places, into = [], [], []
        for place, number in enumerate(sequence):
            group = groups[number]
            inner = np.concatenate(group.inside) if group.inside else group.entering[:0]
            edges.append(inner)
            places.append(np.full(len(inner), place))
            into.append(np.full(len(inner), place))
            if place:
                before = groups.group[acyclic.source[group.entering]] == sequence[place - 1]
                edges.append(group.entering[before])
                places.append(np.full(int(before.sum()), place - 1))
                into.append(np.full(int(before.sum()), place))
        self.edges: Ints = np.concatenate(edges)
        first, last = np.concatenate(places), np.concatenate(into)
        spots, numbers = np.unique(
            np.concatenate(
                [
                    first * acyclic.n + acyclic.source[self.edges],
                    last * acyclic.n + acyclic.target[self.edges],
                    groups[sequence[0]].members,
                    (len(sequence) - 1) * acyclic.n + groups[sequence[-1]].members,
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


def _describe(
    space: PathSpace, groups: _Groups, score: float, sequence: tuple[int, ...], best_members: int
) -> GroupSequence:
    members = _Members(space, groups, sequence)
    n_members, on_path = members.count()
    steps = tuple(
        tuple(sorted(members.node[on_path & (members.place == place)].tolist()))
        for place in range(len(sequence))
    )
    factor, sum_of = space.factor[members.edges], members.problem.sum_of
    walks = members.problem.best(space.goal, np.abs(factor), best_members) if best_members else ()
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
        score=score,
        signed=sum_of(factor),
        effect=Effect(
            influence=sum_of(space.graph.edges.share[members.edges]),
            net=sum_of(space.signed_share[members.edges]),
            contribution=None if space.contribution is None else sum_of(space.contribution[members.edges]),
        ),
        steps=steps,
        n_members=int(n_members),
        n_members_rounded=n_members > EXACT_COUNT,
        best_members=best,
    )
