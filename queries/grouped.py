"""The k best group sequences, exactly: paths told apart only by the groups they pass through.

With feature nodes grouped by label, the score of "Dallas" -> Texas -> Austin is the sum of the scores of all its
member paths, whichever of the Texas nodes they visit, however often in a row.

1. Sequences grow backwards from the target. Each carries c, the influence of its front group's members on the
   target along the sequence, one value a member and length state.
2. For every node, `reach` is the influence that arrives there from the sources. The sum over the nodes m entered in
   the front group of c[m] * reach[m] is then all that the sequences with this end can still hand out together: not
   an estimate but exactly their sum, hence a bound for each of them.
3. Best first by that bound: a popped sequence is closed over the edges inside its front group, handed on to
   every group that feeds it, and, where its front holds sources, finished, with its exact score. A finished
   sequence on top of the heap is the next best.
"""

import heapq
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from queries.acyclic import AcyclicGraph, LengthStates, gather
from queries.graph import AttributionGraph, Bools, Floats, Ints, NodeKind
from queries.paths import Path, PathSpace, search


class GroupSequence(NamedTuple):
    """One group sequence, from source to target.

    `steps` are, for each group passed, the ordinals of its nodes that lie on the sequence's paths; `n_members` the
    number of those paths; `best_members` the best of them.
    """

    score: float
    steps: tuple[tuple[int, ...], ...]
    n_members: int
    best_members: tuple[Path, ...]


def groups_by_label(graph: AttributionGraph, labels: list[str | None]) -> Ints:
    """(n_nodes,) group numbers: feature nodes with one label share one, every other node has its own.

    `labels` (n_nodes,) are those to group by: see `queries.labels.display_labels`.
    """
    return _numbered(
        [
            label if label is not None and kind == NodeKind.FEATURE else ordinal
            for ordinal, (kind, label) in enumerate(zip(graph.nodes.kind.tolist(), labels, strict=True))
        ]
    )


def groups_by_feature(graph: AttributionGraph) -> Ints:
    """(n_nodes,) group numbers: the nodes of one Feature share one, at whatever position; every other has its own."""
    nodes = graph.nodes
    columns = zip(nodes.kind.tolist(), nodes.layer.tolist(), nodes.index.tolist(), strict=True)
    return _numbered(
        [
            (layer, index) if kind == NodeKind.FEATURE else ordinal
            for ordinal, (kind, layer, index) in enumerate(columns)
        ]
    )


def _numbered(keys: Sequence[Hashable]) -> Ints:
    """(n_nodes,) a number for each distinct key, in the order in which they are met."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Group:
    """A group's members, the edges inside it (level by level, downwards) and those into it from other groups."""

    members: Ints
    inside: list[Ints]
    entering: Ints  # sorted by the source's group, then by source
    entered_from: Ints  # (n_entrances,) distinct sources of `entering`
    entrance_starts: Ints  # (n_entrances,) where each begins in `entering`
    feeders: list[tuple[int, slice]]  # each feeding group and its part of `entered_from`


class _Groups:
    """The groups of a search, each looked into when it is first met."""

    def __init__(self, acyclic: AcyclicGraph, group: Ints) -> None:
        self.acyclic, self.group = acyclic, group
        self._by_number = np.argsort(group, kind="stable")
        self._starts = np.searchsorted(group[self._by_number], np.arange(group.max(initial=0) + 2))
        self._known: dict[int, _Group] = {}

    def __getitem__(self, number: int) -> _Group:
        if number not in self._known:
            self._known[number] = self._look(number)
        return self._known[number]

    def _look(self, number: int) -> _Group:
        acyclic, group = self.acyclic, self.group
        members = self._by_number[self._starts[number] : self._starts[number + 1]]
        edges = gather(acyclic.inputs, members)
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

    Neighbours in one group count once. Equal scores are ordered by the keys of the sequences' first nodes.
    """
    acyclic, share, lengths = space.acyclic, space.share, space.lengths
    reach = acyclic.counted_sum_from(space.starts, share, lengths)
    groups = _Groups(acyclic, group)
    final = space.starts[None] * lengths.accepts[:, None]  # what a path that begins here in state s scores
    onward = np.append(lengths.step, -1)

    ties = count()
    heap: list[tuple[float, int, tuple[int, ...], tuple[Ints, Floats] | None]] = []

    def push(bound: float, sequence: tuple[int, ...], entered: tuple[Ints, Floats] | None) -> None:
        if bound > 0.0:
            heapq.heappush(heap, (-bound, next(ties), sequence, entered))

    at_target = np.zeros((len(lengths), 1))
    at_target[0, 0] = space.ends[space.target_node]
    begin = np.array([space.target_node])
    push(
        float(at_target[0, 0] * reach[0, space.target_node]),
        (int(group[space.target_node]),),
        (begin, at_target),
    )

    influence = np.zeros((len(lengths) + 1, acyclic.n))  # scratch; the last row takes what may go no further
    found: list[tuple[float, tuple[int, ...]]] = []
    while heap and len(found) < space.query.k:
        bound, _, sequence, entered = heapq.heappop(heap)
        if entered is None:
            found.append((-bound, sequence))
            continue
        front = groups[sequence[0]]
        entrances, values = entered
        influence[:-1, entrances] = values
        for edges in front.inside:
            _hand_on(
                influence, onward, acyclic.source[edges], influence[:-1, acyclic.target[edges]] * share[edges]
            )
        push(float((influence[:-1, front.members] * final[:, front.members]).sum()), sequence, None)
        if len(front.entering):
            moved = np.zeros((len(lengths) + 1, len(front.entering)))
            flow = influence[:-1, acyclic.target[front.entering]] * share[front.entering]
            np.add.at(moved, onward[:-1], flow)
            handed = np.add.reduceat(moved[:-1], front.entrance_starts, axis=1)
            bounds = (handed * reach[:, front.entered_from]).sum(axis=0)
            for number, part in front.feeders:
                push(
                    float(bounds[part].sum()),
                    (number, *sequence),
                    (front.entered_from[part], handed[:, part]),
                )
        influence[:, front.members] = 0.0
    described = [_describe(space, groups, score, sequence, best_members) for score, sequence in found]
    keys = space.graph.nodes.keys("")
    return sorted(described, key=lambda one: (-one.score, [keys[step[0]] for step in one.steps]))


def _hand_on(influence: Floats, onward: Ints, sources: Ints, flow: Floats) -> None:
    """influence[onward[s], source] += flow[s, edge]; a source may occur several times."""
    for state in range(len(flow)):
        np.add.at(influence[onward[state]], sources, flow[state])


class _Members:
    """The member paths of one sequence, as an acyclic graph of (place in the sequence, node)."""

    def __init__(self, space: PathSpace, groups: _Groups, sequence: tuple[int, ...]) -> None:
        whole = space.acyclic
        edges, places, into = [], [], []
        for place, number in enumerate(sequence):
            group = groups[number]
            inner = np.concatenate(group.inside) if group.inside else group.entering[:0]
            edges.append(inner)
            places.append(np.full(len(inner), place))
            into.append(np.full(len(inner), place))
            if place:
                before = groups.group[whole.source[group.entering]] == sequence[place - 1]
                edges.append(group.entering[before])
                places.append(np.full(int(before.sum()), place - 1))
                into.append(np.full(int(before.sum()), place))
        self.edges: Ints = np.concatenate(edges)
        first, last = np.concatenate(places), np.concatenate(into)
        spots, numbers = np.unique(
            np.concatenate(
                [
                    first * whole.n + whole.source[self.edges],
                    last * whole.n + whole.target[self.edges],
                    groups[sequence[0]].members,
                    (len(sequence) - 1) * whole.n + groups[sequence[-1]].members,
                ]
            ),
            return_inverse=True,
        )
        m = len(self.edges)
        self.acyclic = AcyclicGraph(len(spots), numbers[:m], numbers[m : 2 * m])
        self.node, self.place = spots % whole.n, spots // whole.n
        self.share = space.share[self.edges]
        self.starts: Floats = np.where(self.place == 0, space.starts[self.node], 0.0)
        self.ends: Floats = np.where(self.place == len(sequence) - 1, space.ends[self.node], 0.0)
        self.lengths: LengthStates = space.lengths

    def count(self) -> tuple[int, Bools]:
        """The number of member paths, and (n_spots,) which spots lie on one.

        Counts are Python's integers: there can be more paths than a float counts exactly, or an int64 holds.
        """
        acyclic, step = self.acyclic, self.lengths.step.tolist()
        counts = [[0] * acyclic.n for _ in step]
        for spot in np.flatnonzero(self.starts).tolist():
            counts[0][spot] = 1
        upwards = np.argsort(acyclic.level[acyclic.source], kind="stable")
        for a, b in zip(acyclic.source[upwards].tolist(), acyclic.target[upwards].tolist(), strict=True):
            arrived = [
                (after, row[a]) for after, row in zip(step, counts, strict=True) if row[a] and after >= 0
            ]
            for after, paths in arrived:
                counts[after][b] += paths
        can_end = np.where(self.ends > 0, 0.0, np.inf)
        completes = np.isfinite(acyclic.least_cost_to(can_end, np.zeros(len(self.edges)), self.lengths))
        arrives = np.array([[paths > 0 for paths in row] for row in counts])
        accepted = [row for row, accepts in zip(counts, self.lengths.accepts, strict=True) if accepts]
        total = sum(row[spot] for row in accepted for spot in np.flatnonzero(self.ends).tolist())
        on_path: Bools = np.any(arrives & completes, axis=0)
        return total, on_path


def _describe(
    space: PathSpace, groups: _Groups, score: float, sequence: tuple[int, ...], best_members: int
) -> GroupSequence:
    members = _Members(space, groups, sequence)
    n_members, on_path = members.count()
    steps = tuple(
        tuple(sorted(members.node[on_path & (members.place == place)].tolist()))
        for place in range(len(sequence))
    )
    best = [
        Path(
            path.score,
            tuple(int(members.node[spot]) for spot in path.nodes),
            tuple(int(space.edges[members.edges[edge]]) for edge in path.edges),
        )
        for path in islice(
            search(members.acyclic, members.share, members.starts, members.ends, members.lengths),
            best_members,
        )
    ]
    return GroupSequence(score, steps, n_members, tuple(best))
