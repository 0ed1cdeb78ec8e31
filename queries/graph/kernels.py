"""The loops over a graph's edges, compiled by numba. Imported on first use (half a second); the compiled code is kept.

Edges come as rows by target (CSR): edges `starts[v]` to `starts[v + 1]` enter node v, `source` names their far ends.
A node's row is visited after the rows of all its inputs (`order`), so that one visit is enough. None holds
Python's lock; what may be None costs nothing where it is.
"""

import numpy as np
from numba import njit

SMALLEST, LARGEST = 1e-250, 1e250
"""Products of which one more factor neither underflows nor overflows; beyond them logarithms are compared."""

LARGEST_SUM, LARGEST_MINIMUM = 0, 1
"""What `best_into` looks for: the path of the largest sum of values, or of the largest least value."""


@njit(cache=True, nogil=True)
def depth_first(starts, source):
    """(order (n,), level (n,), cycle): nodes after all their inputs, and edges on the longest path into each.

    `cycle` names, along its edges, the nodes of a cycle that was met, and is empty where there is none.
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
    """Where in `step` an edge is looked up: 1 if it is negative. Costs nothing where nobody asks for signs (None)."""
    if negative is None:
        return 0
    return 1 if negative[edge] else 0


@njit(cache=True, nogil=True)
def sum_into(order, starts, source, value, begin, passable, negative, step, kind, accepts):
    """(n, S): for each node and state, the sum over all walks into it of the product of `value`.

    A walk begins where begin (n,) is not 0, which is its first factor, in a state that `accepts` (S,), and comes
    through where `passable` (n,). kind (n,) numbers each node's row of `step` (kinds, 2, S), the state at an edge's
    source from that at its target: [:, 1] for edges that are `negative`; -1 where the walk may not go there.
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
            after, there, factor = step[kind[far], sign], total[far], value[edge]
            for state in range(n_states):
                if after[state] >= 0:
                    here[state] += factor * there[after[state]]
    return total


@njit(cache=True, nogil=True)
def count_into(order, starts, source, begin, passable, negative, step, kind, accepts, modulus):
    """(n, S): like `sum_into`, how many walks there are, modulo a number below 2^31."""
    n_states = len(accepts)
    total = np.zeros((len(begin), n_states), np.int64)
    for node in order:
        here = total[node]
        if begin[node]:
            for state in range(n_states):
                if accepts[state]:
                    here[state] = 1
        if not passable[node]:
            continue
        for edge in range(starts[node], starts[node + 1]):
            far = source[edge]
            sign = _sign(negative, edge)
            after, there = step[kind[far], sign], total[far]
            for state in range(n_states):
                if after[state] >= 0:
                    here[state] = (here[state] + there[after[state]]) % modulus
    return total


@njit(cache=True, nogil=True)
def best_product_into(order, starts, source, value, begin, passable, negative, step, kind, accepts):
    """(n, S): like `sum_into`, the logarithm of the largest product of `value` (> 0); -inf where there is no walk.

    Products are compared, which is ten times faster than adding logarithms, where they can be.
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
                after, there, factor = step[kind[far], sign], product[far], value[edge]
                for state in range(n_states):
                    if after[state] >= 0:
                        best[state] = max(best[state], factor * there[after[state]])
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
    """(n, S): like `sum_into`, the best walk by `goal`; -inf where there is no walk. Where one begins it has neither
    a sum (0) nor a least value (inf) yet."""
    n, n_states = len(begin), len(accepts)
    nothing_yet = 0.0 if goal == LARGEST_SUM else np.inf
    best = np.full((n, n_states), -np.inf)
    for node in order:
        here = best[node]
        for state in range(n_states):
            if begin[node] > 0.0 and accepts[state]:
                here[state] = nothing_yet
        if not passable[node]:
            continue
        for edge in range(starts[node], starts[node + 1]):
            far = source[edge]
            sign = _sign(negative, edge)
            after, there, own = step[kind[far], sign], best[far], value[edge]
            for state in range(n_states):
                if after[state] >= 0:
                    rest = there[after[state]]
                    found = own + rest if goal == LARGEST_SUM else min(own, rest)
                    here[state] = max(here[state], found)
    return best
