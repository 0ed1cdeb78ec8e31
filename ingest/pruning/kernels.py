"""The loops of pruning over a trace's edges, compiled by numba. Imported on first use; compiled code is kept on disk.

`starts`, `source` and `weight` are a `TraceEdges`: `source` is None for dense rows, else the source of each weight.
`order` (n,) lists every node after all its inputs. `keep` (n,) is 1.0 for nodes that take part and 0.0 for the others,
whose edges count as 0. No loop holds the GIL.
"""

import numpy as np
from numba import njit

from queries.graph.influence import SMALLEST_SUM

SHIFT = 48
"""A float64's bucket is its bits shifted right by this many: its exponent and the first 4 bits of its mantissa."""
N_BUCKETS = 1 << (63 - SHIFT)


@njit(cache=True, nogil=True)
def edge_against_order(order, starts, source, weight):
    """(source, target) of an edge whose source does not come before its target; (-1, -1) where there is none."""
    comes_later = np.ones(len(order), np.bool_)
    for node in order:
        row = weight[starts[node] : starts[node + 1]]
        columns = None if source is None else source[starts[node] : starts[node + 1]]
        found = False
        for at in range(len(row)):
            found |= (row[at] != 0.0) & comes_later[at if source is None else columns[at]]
        if found:
            for at in range(len(row)):
                far = at if source is None else columns[at]
                if row[at] != 0.0 and comes_later[far]:
                    return far, node
        comes_later[node] = False
    return -1, -1


# Here the compiler may reorder the sum, to add several terms at a time; all other results must be reproducible.
@njit(cache=True, nogil=True, fastmath={"reassoc"})
def _sum_of_row(row, columns, keep):
    total = 0.0
    for at in range(len(row)):
        total += abs(np.float64(row[at])) * keep[at if columns is None else columns[at]]
    return total


@njit(cache=True, nogil=True)
def _share(weight, total):
    """One cell of circuit_tracer.graph.normalize_matrix."""
    return abs(np.float64(weight)) / max(total, SMALLEST_SUM)


@njit(cache=True, nogil=True)
def hand_down(order, starts, source, weight, keep, given):
    """(input_total (n,), influence (n,)): the sum of |weight| into each node, and its influence.

    Influence starts as `given` (n,). Each node of `keep` hands its influence down to its inputs, by their shares.
    """
    input_total, influence = np.zeros(len(order)), given.copy()
    for place in range(len(order) - 1, -1, -1):
        node = order[place]
        if keep[node] == 0.0:
            continue
        row = weight[starts[node] : starts[node + 1]]
        columns = None if source is None else source[starts[node] : starts[node + 1]]
        total = input_total[node] = _sum_of_row(row, columns, keep)
        here = influence[node]
        if here == 0.0 or total == 0.0:
            continue
        for at in range(len(row)):
            influence[at if source is None else columns[at]] += _share(row[at], total) * here
    return input_total, influence


@njit(cache=True, nogil=True)
def _score_row(node, starts, source, weight, keep, input_total, influence, scores):
    """(number of weights in the node's row, their sources or None). Writes to `scores` each edge's share of the node's
    input times the node's influence; -1 where there is no edge."""
    row = weight[starts[node] : starts[node + 1]]
    columns = None if source is None else source[starts[node] : starts[node + 1]]
    total, here = input_total[node], influence[node]
    for at in range(len(row)):
        score = _share(row[at], total) * here
        scores[at] = score if row[at] * keep[at if source is None else columns[at]] != 0.0 else -1.0
    return len(row), columns


@njit(cache=True, nogil=True)
def score_buckets(starts, source, weight, keep, input_total, influence):
    """(N_BUCKETS,) the sum of the scores in each bucket. Each score is larger than every score of a lower bucket."""
    sums, scores = np.zeros(N_BUCKETS), np.empty(len(keep))
    bits = scores.view(np.int64)
    for node in np.flatnonzero(keep * influence):
        n, _ = _score_row(node, starts, source, weight, keep, input_total, influence, scores)
        for at in range(n):
            if scores[at] > 0.0:
                sums[bits[at] >> SHIFT] += scores[at]
    return sums


@njit(cache=True, nogil=True)
def scores_between(starts, source, weight, keep, input_total, influence, low, high):
    """The scores from `low` to below `high`, unordered."""
    found, n_found, scores = np.empty(2 * len(keep)), 0, np.empty(len(keep))
    for node in np.flatnonzero(keep):
        if influence[node] < low:  # no share exceeds 1, so no score of this node reaches `low`
            continue
        n, _ = _score_row(node, starts, source, weight, keep, input_total, influence, scores)
        if n_found + n > len(found):
            found = np.concatenate((found, np.empty(len(found))))
        for at in range(n):
            found[n_found] = scores[at]  # without a branch, which would be mispredicted half of the time
            n_found += (low <= scores[at]) & (scores[at] < high)
    return found[:n_found]


@njit(cache=True, nogil=True)
def clean_up(order, starts, source, weight, keep, input_total, influence, cut, needs_inputs, needs_outputs):
    """(kept (n,), starts (n + 1,)): `keep` without the nodes that lack needed inputs or outputs, and the starts of the
    rows of the edges that are left. needs_inputs and needs_outputs are bools (n,).

    An edge counts if it scores `cut` or more. Removing a node without inputs can leave only its targets without inputs,
    removing a node without outputs only its sources without outputs. So one pass up and one pass down remove the same
    nodes as repeated rounds.
    """
    kept, scores = keep.copy(), np.empty(len(keep))
    for node in order:
        if kept[node] == 0.0 or not needs_inputs[node]:
            continue
        kept[node] = 0.0
        n, columns = _score_row(node, starts, source, weight, kept, input_total, influence, scores)
        for at in range(n):
            if scores[at] >= cut:
                kept[node] = 1.0
                break
    has_outputs, kept_starts = np.zeros(len(order), np.bool_), np.zeros(len(starts), np.int64)
    for place in range(len(order) - 1, -1, -1):
        node = order[place]
        if kept[node] == 0.0:
            continue
        if needs_outputs[node] and not has_outputs[node]:
            kept[node] = 0.0
            continue
        n, columns = _score_row(node, starts, source, weight, kept, input_total, influence, scores)
        for at in range(n):
            if scores[at] >= cut:
                has_outputs[at if source is None else columns[at]] = True
                kept_starts[node + 1] += 1
    return kept, np.cumsum(kept_starts)


@njit(cache=True, nogil=True)
def take(starts, source, weight, keep, input_total, influence, cut, taken_source, taken_weight):
    """Writes source and weight of the edges that score `cut` or more to taken_source and taken_weight, row by row."""
    n_taken, scores = 0, np.empty(len(keep))
    for node in np.flatnonzero(keep):
        n, columns = _score_row(node, starts, source, weight, keep, input_total, influence, scores)
        for at in range(n):
            if scores[at] >= cut:
                taken_source[n_taken] = at if source is None else columns[at]
                taken_weight[n_taken] = weight[starts[node] + at]
                n_taken += 1
