"""The tree of merges: every number of groups is a cut of it.

1. The heads, which are the MAX_HEADS units of most flow, without those of less than HEAD_FLOW, and the first of each
   class, are merged two at a time: of all pairs of one class that hold at most MOST_FLOW of the flow and MOST_NODES of
   the graph's nodes together, the one with the least cost. A cost is the information about profiles that the merge
   loses, in nats, minus the part of all flow between units that runs between the two. Ties go to the smaller node keys.
2. Where MAX_GROUPS groups are left, each other unit joins the group of its class with the least cost.
3. The own number of groups is the fewest, between FEWEST_OWN and MOST_OWN, at which the merges have lost at most
   MOST_LOST of the information about the heads.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import NodeKind, Nodes
from queries.groups.flow import Flow
from queries.groups.units import N_PROFILES, Units, information
from queries.words import MAX_GROUPS

MAX_HEADS, HEAD_FLOW = 500, 1e-6
MOST_FLOW, MOST_NODES = 0.35, 0.33
MOST_LOST, FEWEST_OWN, MOST_OWN = 0.38, 6, 24


@dataclass(frozen=True, eq=False)
class Tree:
    """Merges of heads, in their order.

    shapes: is_head (n_units,); into, merged (n_merges,) the first units of the two groups that are merged, of which the
    second goes into the first; lost (n_merges,) the part of the information about the heads that is lost with each
    merge and those before; leaf (n_units,) the unit itself for heads, for others the first unit of the group that they
    joined.
    """

    is_head: Bools
    into: Ints
    merged: Ints
    lost: Floats
    leaf: Ints

    @classmethod
    def of(cls, units: Units) -> Self:
        every, is_head = np.arange(len(units)), _heads(units)
        heads = _Heads.of(units, is_head)
        alone = np.where(is_head, every, -1)
        fine = _merge(units, heads, alone, MAX_GROUPS)
        group = np.where(is_head, _cut(every, fine), -1)
        leaf = np.where(is_head, every, _joined(units, heads, group))
        coarse = _merge(units, heads, _cut(every, fine)[leaf], 1)
        into, merged, lost = (np.concatenate(both) for both in zip(fine, coarse, strict=True))
        known = heads.information
        return cls(is_head, into, merged, np.cumsum(lost) / known if known > 0.0 else 0.0 * lost, leaf)

    @property
    def own_number(self) -> int:
        """The number of groups that the graph itself suggests."""
        n_heads = int(self.is_head.sum())
        number = n_heads - int(np.searchsorted(self.lost, MOST_LOST, side="right"))
        return min(max(number, FEWEST_OWN), MOST_OWN, n_heads)

    def cut(self, n_groups: int) -> Ints:
        """(n_units,) the first unit of each unit's group, for so many groups, or as many as there can be."""
        n_merges = max(0, int(self.is_head.sum()) - n_groups)
        merges = _Merges(self.into[:n_merges], self.merged[:n_merges], self.lost[:n_merges])
        return _cut(np.arange(len(self.leaf)), merges)[self.leaf]


class _Merges(NamedTuple):
    into: Ints
    merged: Ints
    lost: Floats


def _cut(units: Ints, merges: _Merges) -> Ints:
    """(n_units,) the first unit of each unit's group after the merges."""
    first = units.copy()
    for into, merged in zip(merges.into.tolist()[::-1], merges.merged.tolist()[::-1], strict=True):
        first[merged] = first[into]
    return first


def _heads(units: Units) -> Bools:
    """(n_units,) the units that are merged."""
    by_weight = np.lexsort((np.arange(len(units)), -units.weight))
    first = [by_weight[units.says[by_weight] == says][:1] for says in (False, True)]
    is_head = np.zeros(len(units), dtype=np.bool_)
    is_head[by_weight[:MAX_HEADS]] = units.weight[by_weight[:MAX_HEADS]] >= HEAD_FLOW
    is_head[np.concatenate(first)] = True
    return is_head


class _Heads(NamedTuple):
    """The entries of the heads' profiles.

    is_head (n_units,); column (n_columns,) the number of each column that several units share, -1 for others, in which
    no merge loses anything; row, entry_column, value (n_entries,) those in shared columns; information is that of the
    heads about their profiles in nats, which merging all of them into one would lose.
    """

    is_head: Bools
    column: Ints
    row: Ints
    entry_column: Ints
    value: Floats
    information: float

    @classmethod
    def of(cls, units: Units, is_head: Bools) -> Self:
        of_heads = is_head[units.row]
        known = information(units.value[of_heads], units.entry_column[of_heads], units.weight[is_head])
        is_shared = np.bincount(units.entry_column, minlength=units.n_columns) > 1
        column = np.where(is_shared, np.cumsum(is_shared) - 1, -1)
        chosen = of_heads & is_shared[units.entry_column]
        return cls(
            is_head,
            column,
            units.row[chosen],
            column[units.entry_column[chosen]],
            units.value[chosen],
            known,
        )

    def profiles(self, number: Ints) -> Floats:
        """(n_groups, n_shared) the profiles of groups, times their weights, from the `number` (n_units,) of each head's
        group."""
        profiles = np.zeros((int(number.max()) + 1, int(self.column.max(initial=-1)) + 1))
        np.add.at(profiles, (number[self.row], self.entry_column), self.value)
        return profiles


def _between(units: Units, one: Ints, other: Ints) -> Floats:
    """(n, n_others) the part of all flow between units that runs, either way, between units numbered by `one`
    (n_units,) and by `other` (n_units,), -1 for none."""
    sources, targets, flow = units.between()
    between = np.zeros((int(one.max(initial=-1)) + 1, int(other.max(initial=-1)) + 1))
    for first, last in ((sources, targets), (targets, sources)):
        counts = (one[first] >= 0) & (other[last] >= 0)
        np.add.at(between, (one[first[counts]], other[last[counts]]), flow[counts])
    return between / (flow.sum() or 1.0)


def _numbered(heads: _Heads, group: Ints) -> tuple[Ints, Ints]:
    """(firsts (n_groups,), number (n_units,)): the groups of heads by their first units, and the number of each head's
    group, -1 for other units."""
    firsts, numbers = np.unique(group[heads.is_head], return_inverse=True)
    number = np.full(len(group), -1)
    number[heads.is_head] = numbers
    return firsts, number


def _merge(units: Units, heads: _Heads, group: Ints, until: int) -> _Merges:
    """Merge groups until so many are left. `group` (n_units,) the first unit of each unit's group, -1 for units that do
    not count yet."""
    firsts, number = _numbered(heads, group)
    counts, n_nodes = group >= 0, np.bincount(units.of_node[units.of_node >= 0])
    into, merged, lost = _kernels().merge_units(
        heads.profiles(number).astype(np.float32),
        np.bincount(number[heads.is_head], weights=units.weight[heads.is_head]),
        np.bincount(group[counts], weights=n_nodes[counts], minlength=len(group))[firsts],
        _between(units, number, number),
        units.says[firsts],
        N_PROFILES,
        MOST_FLOW,
        MOST_NODES * len(units.flow),
        until,
    )
    return _Merges(firsts[into], firsts[merged], lost)


def _joined(units: Units, heads: _Heads, group: Ints) -> Ints:
    """(n_units,) the first unit of the group that each unit joins, from each head's `group` (n_units,)."""
    firsts, number = _numbered(heads, group)
    joining = np.flatnonzero(~heads.is_head)
    joined = group.copy()
    chosen = ~heads.is_head[units.row] & (heads.column[units.entry_column] >= 0)
    lost = _kernels().lost_by_joining(
        np.append(np.searchsorted(units.row[chosen], joining), int(chosen.sum())),
        heads.column[units.entry_column[chosen]],
        units.value[chosen],
        units.weight[joining],
        heads.profiles(number),
        np.bincount(number[heads.is_head], weights=units.weight[heads.is_head]),
        N_PROFILES,
    )
    place = np.full(len(units), -1)
    place[joining] = np.arange(len(joining))
    cost = lost - _between(units, place, number)
    cost[units.says[joining][:, None] != units.says[firsts]] = np.inf
    joined[joining] = firsts[cost.argmin(axis=1)]
    return joined


def warm_up() -> None:
    """Load the code of merging, compiling it once on a machine: the first question would wait some seconds."""
    kind = np.array([NodeKind.EMBEDDING, NodeKind.FEATURE, NodeKind.FEATURE, NodeKind.LOGIT], dtype=np.int8)
    nodes = Nodes.of_columns(
        kind=kind, layer=np.arange(-1, 3), position=np.zeros(4, dtype=np.int64), index=np.arange(4)
    )
    source, target, ones = np.array([0, 0, 1, 2]), np.array([1, 2, 3, 3]), np.ones(4)
    flow = Flow(nodes, np.arange(4), source, target, ones, ones, np.array([0.0, 0.0, 0.0, 1.0]))
    Tree.of(Units.of(flow, np.ones(4, dtype=np.bool_), n_layers=2))


def _kernels() -> Any:
    """Imported on first use: numba takes half a second, and listing graphs does without."""
    from queries.groups import kernels

    return kernels
