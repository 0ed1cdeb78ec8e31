"""The loops over a graph's edges, compiled by numba. Imported on first use (half a second); compiled code is cached
on disk.

Edges are rows by target (CSR): edges `starts[v]` to `starts[v + 1]` enter node v, `source` names their sources. `order`
visits a node's row after the rows of all its inputs, so that one visit is enough. No kernel holds the GIL. An argument
that is None costs nothing: numba compiles a version without it.
"""

import numpy as np
from numba import njit

SMALLEST, LARGEST = 1e-250, 1e250
"""Products between these can take one more factor without underflow or overflow; beyond them logarithms are
compared."""

LARGEST_SUM, LARGEST_MINIMUM = 0, 1
"""The goals of `best_into`: the largest sum of values, or the largest least value."""


@njit(cache=True, nogil=True)
def depth_first(starts, source):
    """(order (n,), level (n,), cycle): nodes after all their inputs, and edges on the longest path into each.

    `cycle` lists the nodes of one cycle along its edges; it is empty where the graph has none.
    """
    n = len(starts) - 1
    unseen, open_, done = 0, 1, 2
    state = np.zeros(n, np.uint8)
    level = np.zeros(n, np.int64)
    order = np.empty(n, np.int64)
    stack = np.empty(n, np.int64)
    cursor = starts[:-1].copy()
    n_done = 0
    for root in range(n):
        if state[root] != unseen:
            continue
        stack[0], depth = root, 1
        state[root] = open_
        while depth > 0:
            node = stack[depth - 1]
            edge, end, longest = cursor[node], starts[node + 1], level[node]
            below = -1
            while edge < end:
                below = source[edge]
                if state[below] != done:
                    break
                longest = max(longest, level[below] + 1)
                edge += 1
            cursor[node], level[node] = edge, longest
            if edge == end:
                state[node] = done
                order[n_done] = node
                n_done += 1
                depth -= 1
            elif state[below] == unseen:
                state[below] = open_
                stack[depth] = below
                depth += 1
            else:
                first = depth - 1
                while stack[first] != below:
                    first -= 1
                return order, level, stack[first:depth][::-1].copy()
    return order, level, stack[:0].copy()


@njit(cache=True, nogil=True)
def sum_to(order, starts, source, value, ends, passable):
    """(n,): for each node, the sum over all walks out of it of the product of `value` times ends[last node]."""
    total = ends.copy()
    for place in range(len(order) - 1, -1, -1):
        node = order[place]
        here = total[node]
        if here != 0.0 and passable[node]:
            for edge in range(starts[node], starts[node + 1]):
                total[source[edge]] += value[edge] * here
    return total


@njit(cache=True, nogil=True)
def _sign(negative, edge):
    """The index of an edge in the second axis of `step`: 1 if the edge is negative. `negative` is None without a sign
    filter."""
    if negative is None:
        return 0
    return 1 if negative[edge] else 0


@njit(cache=True, nogil=True)
def sum_into(order, starts, source, value, begin, passable, negative, step, kind, accepts):
    """(n, S): for each node and state, the sum over all walks into the node of the product of `value`.

    A walk begins where begin (n,) is not 0, with that as first factor, in a state that `accepts` (S,). It comes through
    nodes that are `passable` (n,). kind (n,) numbers each node's row of `step` (kinds, 2, S): the state at an edge's
    source, from the state at its target; [:, 1] for edges that are `negative`; -1 where no walk may take the edge.
    """
    n_states = len(accepts)
    total = np.zeros((len(begin), n_states))
    for node in order:
        here = total[node]
        if begin[node] != 0.0:
            for state in range(n_states):
                if accepts[state]:
                    here[state] = begin[node]
        if not passable[node]:
            continue
        for edge in range(starts[node], starts[node + 1]):
            far = source[edge]
            sign = _sign(negative, edge)
            after, at_source, factor = step[kind[far], sign], total[far], value[edge]
            for state in range(n_states):
                if after[state] >= 0:
                    here[state] += factor * at_source[after[state]]
    return total


@njit(cache=True, nogil=True)
def best_product_into(order, starts, source, value, begin, passable, negative, step, kind, accepts):
    """(n, S): like `sum_into`, the logarithm of the largest product of `value` (> 0); -inf without a walk.

    Compares products, which is ten times faster than adding logarithms, unless they underflow or overflow.
    """
    n, n_states = len(begin), len(accepts)
    product = np.zeros((n, n_states))
    log = np.full((n, n_states), -np.inf)
    for node in order:
        best, row = product[node], log[node]
        for state in range(n_states):
            if begin[node] > 0.0 and accepts[state]:
                best[state] = 1.0
        if passable[node]:
            for edge in range(starts[node], starts[node + 1]):
                far = source[edge]
                sign = _sign(negative, edge)
                after, at_source, factor = step[kind[far], sign], product[far], value[edge]
                for state in range(n_states):
                    if after[state] >= 0:
                        best[state] = max(best[state], factor * at_source[after[state]])
        for state in range(n_states):
            if SMALLEST < best[state] < LARGEST:
                row[state] = np.log(best[state])
                continue
            if begin[node] > 0.0 and accepts[state]:
                row[state] = 0.0
            if passable[node]:
                for edge in range(starts[node], starts[node + 1]):
                    far = source[edge]
                    sign = _sign(negative, edge)
                    after_it = step[kind[far], sign, state]
                    if after_it >= 0 and log[far, after_it] > -np.inf:
                        row[state] = max(row[state], np.log(value[edge]) + log[far, after_it])
            best[state] = np.exp(row[state])
    return log


@njit(cache=True, nogil=True)
def best_into(order, starts, source, value, begin, passable, negative, step, kind, accepts, goal):
    """(n, S): like `sum_into`, the best walk by `goal`; -inf without a walk. A walk begins with a sum of 0, or
    with a least value of inf."""
    n, n_states = len(begin), len(accepts)
    empty = 0.0 if goal == LARGEST_SUM else np.inf
    best = np.full((n, n_states), -np.inf)
    for node in order:
        here = best[node]
        for state in range(n_states):
            if begin[node] > 0.0 and accepts[state]:
                here[state] = empty
        if not passable[node]:
            continue
        for edge in range(starts[node], starts[node + 1]):
            far = source[edge]
            sign = _sign(negative, edge)
            after, at_source, own = step[kind[far], sign], best[far], value[edge]
            for state in range(n_states):
                if after[state] >= 0:
                    rest = at_source[after[state]]
                    found = own + rest if goal == LARGEST_SUM else min(own, rest)
                    here[state] = max(here[state], found)
    return best
