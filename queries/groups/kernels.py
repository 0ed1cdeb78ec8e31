"""The loops of automatic groups, compiled by numba. Imported on first use; compiled code is cached on disk.

h(x) is x log x. Profiles are held times their unit's weight, so that those of a merged unit are sums, and the
information that a merge loses is the sum over columns of h(a) + h(b) - h(a + b), and for each profile
h(w_a + w_b) - h(w_a) - h(w_b). A column in which one of the two has nothing adds nothing.
"""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def h(x):
    return x * math.log(x) if x > 0.0 else x * np.float32(0.0)


@njit(cache=True, nogil=True)
def reach_by_source(order, starts, source, share, passable, column, n_columns):
    """(n, n_columns): the sum over all walks into a node of the product of `share`, by the `column` (n,) of the node
    where they start, -1 for nodes where none does. Edges are rows by target; see `queries.graph.kernels`."""
    reach = np.zeros((len(column), n_columns))
    for node in order:
        if column[node] >= 0:
            reach[node, column[node]] = 1.0
        if passable[node]:
            for edge in range(starts[node], starts[node + 1]):
                for at in range(n_columns):
                    reach[node, at] += share[edge] * reach[source[edge], at]
    return reach


@njit(cache=True, nogil=True)
def _lost_with(one, profiles, kept_h, weight, is_there, n_profiles, lost):
    """Fill `lost` (n,) with the information that merging the unit `one` with each other one loses."""
    columns = np.flatnonzero(profiles[one])
    for other in range(len(weight)):
        if not is_there[other] or other == one:
            continue
        both = weight[one] + weight[other]
        sum_of = n_profiles * (h(both) - h(weight[one]) - h(weight[other]))
        for column in columns:
            value = profiles[other, column]
            if value > 0.0:
                sum_of += kept_h[one, column] + kept_h[other, column] - h(profiles[one, column] + value)
        lost[other] = max(0.0, sum_of)


@njit(cache=True, nogil=True)
def _cheapest(cost, is_there, group_class, weight, most_weight, size, most_size):
    """The pair (one < other) of one class with the least cost that is not too heavy or large together, the first of
    equals; (-1, -1) without one."""
    n, least, pair = len(weight), np.inf, (-1, -1)
    for one in range(n):
        if not is_there[one]:
            continue
        for other in range(one + 1, n):
            if (
                is_there[other]
                and group_class[one] == group_class[other]
                and cost[one, other] < least
                and weight[one] + weight[other] <= most_weight
                and size[one] + size[other] <= most_size
            ):
                least, pair = cost[one, other], (one, other)
    return pair


@njit(cache=True, nogil=True)
def merge_units(profiles, weight, size, between, group_class, n_profiles, most_weight, most_size, until):
    """(into (m,), merged (m,), lost (m,)): each merge's pair of units, the second of which goes into the first, and the
    information that it loses; until so many units are left, or each class is one.

    shapes: profiles (n, n_columns) float32, times the weight (n,); size (n,); between (n, n) what a merge of two is
    worth; group_class (n,). All arrays are changed. A pair of more than `most_weight` or `most_size` is merged only
    where no other is left.
    """
    n = len(weight)
    kept_h = np.empty_like(profiles)
    for one in range(n):
        for column in range(profiles.shape[1]):
            kept_h[one, column] = h(profiles[one, column])
    is_there = np.ones(n, np.bool_)
    lost_by, cost = np.zeros((n, n)), np.full((n, n), np.inf)
    row = np.zeros(n)
    for one in range(n):
        _lost_with(one, profiles, kept_h, weight, is_there, n_profiles, row)
        for other in range(one + 1, n):
            lost_by[one, other] = row[other]
            cost[one, other] = row[other] - between[one, other]
    n_classes = 0
    for one in range(n):
        n_classes += not np.any(group_class[:one] == group_class[one])
    n_merges = max(0, n - max(n_classes, until))
    into, merged, lost = np.empty(n_merges, np.int64), np.empty(n_merges, np.int64), np.empty(n_merges)
    for step in range(n_merges):
        one, other = _cheapest(cost, is_there, group_class, weight, most_weight, size, most_size)
        if one < 0:
            one, other = _cheapest(cost, is_there, group_class, weight, np.inf, size, np.inf)
        into[step], merged[step], lost[step] = one, other, lost_by[one, other]
        is_there[other] = False
        weight[one] += weight[other]
        size[one] += size[other]
        for column in range(profiles.shape[1]):
            if profiles[other, column] > 0.0:
                profiles[one, column] += profiles[other, column]
                kept_h[one, column] = h(profiles[one, column])
        for third in range(n):
            between[one, third] += between[other, third]
            between[third, one] = between[one, third]
        _lost_with(one, profiles, kept_h, weight, is_there, n_profiles, row)
        for third in range(n):
            if is_there[third] and third != one:
                first, last = min(one, third), max(one, third)
                lost_by[first, last] = row[third]
                cost[first, last] = row[third] - between[one, third]
    return into, merged, lost


@njit(cache=True, nogil=True)
def lost_by_joining(starts, column, value, weight, profiles, group_weight, n_profiles):
    """(n, n_groups): the information lost where each of n units, whose profiles are rows of entries from `starts`
    (n + 1,), joins each group of `profiles` (n_groups, n_columns)."""
    n, n_groups = len(weight), len(group_weight)
    lost = np.empty((n, n_groups))
    for unit in range(n):
        for group in range(n_groups):
            both = weight[unit] + group_weight[group]
            sum_of = n_profiles * (h(both) - h(weight[unit]) - h(group_weight[group]))
            for entry in range(starts[unit], starts[unit + 1]):
                held = profiles[group, column[entry]]
                if held > 0.0:
                    sum_of += h(held) + h(value[entry]) - h(held + value[entry])
            lost[unit, group] = sum_of
    return lost
