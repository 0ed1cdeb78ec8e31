"""The loops of the search for group sequences, compiled by numba: see `queries.graph.kernels`.

B and B_h are the bounds of `queries.paths.sequence_search`. Two numbers that no node has are groups too: END
(n_groups), and ANY (n_groups + 1), whose B_h adds to that of every other group.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from queries.graph.arrays import Bools, Floats, Ints

ALIKE = 1.0 - 1e-12
"""Only rounding tells a bound of at least this much of another one from it."""


class Walks(NamedTuple):
    """The walks back from the targets, by groups.

    Edges are rows by target, from `starts` (n + 1,), and in each row by `source_group`. shapes: source, source_group,
    value, sign (n_edges,), sign 1 for negative edges; begin, passable, group (n,); kind (n,), step and accepts are the
    automaton's. `members` (n,) lists group after group, from `member_starts` (n_groups + 1,), each node before its
    inputs.
    """

    starts: Ints
    source: Ints
    source_group: Ints
    value: Floats
    sign: Ints
    begin: Floats
    passable: Bools
    kind: Ints
    step: Ints
    accepts: Bools
    group: Ints
    member_starts: Ints
    members: Ints


class Bounds(NamedTuple):
    """best (n, S) is B. A node's B_h are the rows from `first` to `last` (n,) of `value` (n_rows, S), for h in `group`
    (n_rows,)."""

    best: Floats
    first: Ints
    last: Ints
    group: Ints
    value: Floats


class Sums(NamedTuple):
    """A sum for each group and state, (n_groups + 2, S) in `value`. The first n_met[0] of `met` are those that are not
    zero, as `is_met` marks."""

    value: Floats
    is_met: Bools
    met: Ints
    n_met: Ints


@njit(cache=True, nogil=True)
def sort_by(keys, n_keys):
    """(starts (n_keys + 1,), places (len(keys),)): the places of `keys` by key, and where each key's begin."""
    starts = np.zeros(n_keys + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    starts = np.cumsum(starts)
    fill = starts.copy()
    places = np.empty(len(keys), np.int64)
    for place in range(len(keys)):
        places[fill[keys[place]]] = place
        fill[keys[place]] += 1
    return starts, places


@njit(cache=True, nogil=True)
def no_sums(n_groups, n_states):
    return Sums(
        np.zeros((n_groups + 2, n_states)),
        np.zeros(n_groups + 2, np.bool_),
        np.empty(n_groups + 2, np.int64),
        np.zeros(1, np.int64),
    )


@njit(cache=True, nogil=True)
def _meet(sums, group):
    if not sums.is_met[group]:
        sums.is_met[group] = True
        sums.met[sums.n_met[0]] = group
        sums.n_met[0] += 1


@njit(cache=True, nogil=True)
def _add(sums, group, factor, values, row, after):
    """Add a row of `values`, by the states `after` an edge, times `factor` to a group's sums."""
    _meet(sums, group)
    for state in range(len(after)):
        if after[state] >= 0:
            sums.value[group, state] += factor * values[row, after[state]]


@njit(cache=True, nogil=True)
def _take_largest(sums, most):
    """most (S,) becomes the largest sum of a group with that of ANY; all sums become zero."""
    any_group = len(sums.value) - 1
    most[:] = 0.0
    for place in range(sums.n_met[0]):
        group = sums.met[place]
        sums.is_met[group] = False
        if group != any_group:
            for state in range(len(most)):
                most[state] = max(most[state], sums.value[group, state])
                sums.value[group, state] = 0.0
    for state in range(len(most)):
        most[state] += sums.value[any_group, state]
        sums.value[any_group, state] = 0.0
    sums.n_met[0] = 0


@njit(cache=True, nogil=True)
def bound_sequences(order, walks, max_bounds, max_work):
    """The `Bounds`, by one visit of each node after its inputs.

    Nodes in groups of several keep rows of at most `max_bounds` values, which are read at most `max_work` times. Beyond
    that, and for single nodes, B is the one row, of ANY.
    """
    n, n_states, n_groups = len(walks.begin), len(walks.accepts), len(walks.member_starts) - 1
    end, any_group = n_groups, n_groups + 1
    best = np.zeros((n, n_states))
    first, last = np.zeros(n, np.int64), np.zeros(n, np.int64)
    group, value, n_rows = np.empty(n + 1024, np.int64), np.empty((n + 1024, n_states)), 0
    here, ahead, brought = no_sums(n_groups, n_states), no_sums(n_groups, n_states), np.zeros(n_states)
    n_bounds, work = 0, 0
    for node in order:
        own = walks.group[node]
        is_single = walks.member_starts[own + 1] - walks.member_starts[own] == 1
        if walks.begin[node] > 0.0:
            best[node] = np.where(walks.accepts, walks.begin[node], 0.0)
            _meet(here, end)
            here.value[end] = best[node]
        edge = walks.starts[node]
        stop = walks.starts[node + 1] if walks.passable[node] else edge
        while edge < stop:
            number, past = walks.source_group[edge], edge + 1
            while past < stop and walks.source_group[past] == number:
                past += 1
            # The nodes of a group are all left for one group: the largest sum of their B_h. Inside the node's own
            # group, paths have not left yet.
            if number != own and past == edge + 1:
                far, factor = walks.source[edge], walks.value[edge]
                after = walks.step[walks.kind[far], walks.sign[edge]]
                for state in range(n_states):
                    brought[state] = factor * best[far, after[state]] if after[state] >= 0 else 0.0
            else:
                sums = here if number == own else ahead
                for entering in range(edge, past):
                    far, factor = walks.source[entering], walks.value[entering]
                    after = walks.step[walks.kind[far], walks.sign[entering]]
                    work += (last[far] - first[far]) * n_states
                    if work > max_work:
                        _add(sums, any_group, factor, best, far, after)
                    else:
                        for row in range(first[far], last[far]):
                            _add(sums, group[row], factor, value, row, after)
                if number != own:
                    _take_largest(ahead, brought)
            if is_single:
                for state in range(n_states):
                    best[node, state] = max(best[node, state], brought[state])
            elif number != own:
                _meet(here, number)
                for state in range(n_states):
                    here.value[number, state] += brought[state]
            edge = past
        n_met = here.n_met[0]
        is_kept = not is_single and n_bounds + n_met * n_states <= max_bounds
        while n_rows + n_met >= len(group):
            group, value = np.append(group, group), np.concatenate((value, value))
        first[node] = n_rows
        if is_kept:
            for place in range(n_met):
                h = here.met[place]
                group[n_rows], is_positive = h, False
                for state in range(n_states):
                    value[n_rows, state] = here.value[h, state]
                    is_positive |= here.value[h, state] > 0.0
                n_rows += is_positive
            n_bounds += (n_rows - first[node]) * n_states
        _take_largest(here, brought)
        if not is_single:
            best[node] = brought
        if not is_kept:
            group[n_rows], value[n_rows] = any_group, best[node]
            n_rows += 1
        last[node] = n_rows
    return Bounds(best, first, last, group, value)


@njit(cache=True, nogil=True)
def bound(number, walks, bounds, influence, sums):
    """The best that one sequence can make of the `influence` (n, S) with which it enters a group: all nodes of the
    group are left for the same group."""
    for place in range(walks.member_starts[number], walks.member_starts[number + 1]):
        node = walks.members[place]
        for state in range(influence.shape[1]):
            if influence[node, state] > 0.0:
                for row in range(bounds.first[node], bounds.last[node]):
                    _meet(sums, bounds.group[row])
                    sums.value[bounds.group[row], 0] += influence[node, state] * bounds.value[row, state]
    most = np.zeros(1)
    _take_largest(sums, most)
    return most[0]


@njit(cache=True, nogil=True)
def enter(number, spots, held, walks, influence):
    """Hand what a group holds at `spots` (node * S + state) to the group `number` before it: to `influence` (n, S)."""
    n_states = influence.shape[1]
    for place in range(len(spots)):
        node, state = divmod(spots[place], n_states)
        if not walks.passable[node]:
            continue
        stop = walks.starts[node + 1]
        edge = walks.starts[node]
        edge += np.searchsorted(walks.source_group[edge:stop], number)
        while edge < stop and walks.source_group[edge] == number:
            far = walks.source[edge]
            after = walks.step[walks.kind[far], walks.sign[edge], state]
            if after >= 0:
                influence[far, after] += held[place] * walks.value[edge]
            edge += 1


@njit(cache=True, nogil=True)
def close(number, walks, best, influence, sums, least, most):
    """Close the `influence` (n, S) with which a sequence enters a group over the edges inside the group, and clear it.

    (score, spots, held, feeders, bounds): the sequence's score if it begins in this group; what the group holds, at
    node * S + state; the groups before it, best first, with a bound for each. Bounds below `least` are left out, and
    those that only rounding tells from `most`, the sequence's own, are made equal to it.
    """
    n_states, score, n_held = influence.shape[1], 0.0, 0
    members = walks.members[walks.member_starts[number] : walks.member_starts[number + 1]]
    for node in members:
        for state in range(n_states):
            here = influence[node, state]
            if here <= 0.0:
                continue
            n_held += 1
            if walks.accepts[state]:
                score += here * walks.begin[node]
            if not walks.passable[node]:
                continue
            for edge in range(walks.starts[node], walks.starts[node + 1]):
                far, handed = walks.source[edge], here * walks.value[edge]
                after = walks.step[walks.kind[far], walks.sign[edge], state]
                if after < 0:
                    continue
                if walks.source_group[edge] == number:
                    influence[far, after] += handed
                elif handed * best[far, after] > 0.0:
                    _meet(sums, walks.source_group[edge])
                    sums.value[walks.source_group[edge], 0] += handed * best[far, after]
    spots, held = np.empty(n_held, np.int64), np.empty(n_held)
    for node in members:
        for state in range(n_states):
            if influence[node, state] > 0.0:
                n_held -= 1
                spots[n_held], held[n_held] = node * n_states + state, influence[node, state]
                influence[node, state] = 0.0
    feeders = sums.met[: sums.n_met[0]].copy()
    bounds = sums.value[feeders, 0]
    _take_largest(sums, np.zeros(1))
    feeders, bounds = feeders[bounds >= least], bounds[bounds >= least]
    bounds = np.where(bounds >= most * ALIKE, most, bounds)
    by_bound = np.argsort(-bounds, kind="mergesort")
    return score, spots, held, feeders[by_bound], bounds[by_bound]
