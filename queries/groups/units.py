"""The units that are merged into groups, and each unit's profiles: where its influence comes from and goes to.

1. All nodes of one Feature are one unit. Its weight is its nodes' flow, over that of all units.
2. A unit has three profiles, means of its nodes' weighted by their flow: `tokens`, its reach by source (one entry for
   all errors); `inputs`, its inputs' shares over units and other nodes; `outputs`, the influence that it hands down,
   over units and other nodes. Each sums to 1.
3. A unit says something where its layer is in the upper half of the model and at least half of its flow is at the last
   position. Units that do are never merged with units that do not.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from queries.graph.arrays import Bools, Floats, Ints
from queries.groups.flow import Flow

N_PROFILES = 3
NO_FLOW = 1e-9
"""The weight of a unit that less of all flow runs through: enough to tell where it belongs, too little to change its
group."""
SAYS_FROM_LAYER = 0.5
"""Of n_layers."""
SAYS_AT_LAST = 0.5
"""Of a unit's flow."""


@dataclass(frozen=True, eq=False)
class Units:
    """Units in the order of their first nodes' keys.

    of_node (n_nodes,) the unit of each node, -1 for nodes of none; column (n_nodes,) the unit's number, or for other
    nodes a number of their own behind those of units; mass (n_nodes,) each node's part of its unit's weight; weight
    (n_units,), summing to 1; says (n_units,).

    A profile's entries, times the unit's weight, are `value` (n_entries,) at (row, entry_column) (n_entries,), by row:
    first the embeddings and errors, then inputs, then outputs by column; the last column of each is of a profile with
    nothing in it.
    """

    flow: Flow
    of_node: Ints
    column: Ints
    mass: Floats
    weight: Floats
    says: Bools
    row: Ints
    entry_column: Ints
    value: Floats
    n_ends: int
    """Units and other nodes."""
    n_columns: int

    @classmethod
    def of(cls, flow: Flow, among: Bools, n_layers: int) -> Self:
        """The units of the feature nodes that are `among` (n_nodes,) those to group, at least one."""
        nodes, features = flow.nodes, flow.nodes.feature_ids()
        numbers: dict[object, int] = {}
        of_node = np.full(len(flow), -1)
        for node in np.flatnonzero(among & flow.is_feature).tolist():
            of_node[node] = numbers.setdefault(features[node], len(numbers))
        n_units, is_in = len(numbers), of_node >= 0
        column = of_node.copy()
        column[~is_in] = n_units + np.arange(int((~is_in).sum()))
        mass = _masses(of_node, flow.of_nodes, n_units)
        weight = sums(of_node[is_in], mass[is_in], n_units)
        at_last = is_in & (nodes.position == nodes.position.max(initial=0))
        layer = np.zeros(n_units)
        layer[of_node[is_in]] = nodes.layer[is_in]
        says = (layer >= SAYS_FROM_LAYER * n_layers) & (
            sums(of_node[at_last], mass[at_last], n_units) >= SAYS_AT_LAST * weight
        )
        n_ends = n_units + int((~is_in).sum())
        row, entry_column, value, n_columns = _entries(flow, of_node, column, mass, n_ends)
        return cls(flow, of_node, column, mass, weight, says, row, entry_column, value, n_ends, n_columns)

    def __len__(self) -> int:
        return len(self.weight)

    @cached_property
    def information(self) -> float:
        """What units tell about their profiles, in nats."""
        return information(self.value, self.entry_column, self.weight)

    def between(self) -> tuple[Ints, Ints, Floats]:
        """(source unit, target unit, flow) of each edge between two units, and so the flow between them."""
        flow = self.flow
        one, other = self.of_node[flow.source], self.of_node[flow.target]
        is_between = (one >= 0) & (other >= 0) & (one != other)
        return one[is_between], other[is_between], flow.of_edges[is_between]


def information(value: Floats, column: Ints, weight: Floats) -> float:
    """The information of units, or groups, about their profiles: what merging all of them into one would lose, in nats.

    shapes: value, column (n_entries,) the profiles' entries, times the weight (n,) of their unit.
    """
    together = weight.sum(keepdims=True)
    return _h(value) - _h(sums(column, value)) + N_PROFILES * (_h(together) - _h(weight))


def _h(values: Floats) -> float:
    positive = values[values > 0.0]
    return float((positive * np.log(positive)).sum())


def sums(number: Ints, values: Floats, n: int = 0) -> Floats:
    """(at least n,) the sum of the values of each number."""
    of_numbers: Floats = np.bincount(number, weights=values, minlength=n).astype(np.float64)
    return of_numbers


def _masses(of_node: Ints, flow: Floats, n_units: int) -> Floats:
    """(n_nodes,) each node's part of all flow; of a unit of less than NO_FLOW, equal parts of that."""
    is_in = of_node >= 0
    mass = np.where(is_in, flow, 0.0)
    total = float(mass.sum())
    mass /= total or 1.0
    size, weight = np.bincount(of_node[is_in], minlength=n_units), sums(of_node[is_in], mass[is_in], n_units)
    idle = is_in & (weight[of_node] < NO_FLOW)
    mass[idle] = NO_FLOW / size[of_node[idle]]
    masses: Floats = mass / mass.sum()
    return masses


def _entries(
    flow: Flow, of_node: Ints, column: Ints, mass: Floats, n_ends: int
) -> tuple[Ints, Ints, Floats, int]:
    """(row, column, value, n_columns) of the profiles' entries; `n_ends` counts units and other nodes."""
    n_sources, is_in = flow.reach.shape[1], of_node >= 0
    reach = np.where(is_in[:, None], flow.reach, 0.0)
    node, source = np.nonzero(reach)
    enters, leaves = is_in[flow.target] & (flow.share > 0.0), is_in[flow.source] & (flow.onwards > 0.0)
    parts = [
        (node, source, reach[node, source], n_sources),
        (flow.target[enters], column[flow.source[enters]], flow.share[enters], n_ends),
        (flow.source[leaves], column[flow.target[leaves]], flow.onwards[leaves], n_ends),
    ]
    keys: list[Ints] = []
    values: list[Floats] = []
    first = 0
    n_columns = sum(n + 1 for *_, n in parts)
    for of, at, value, n in parts:
        total = sums(of, value, len(flow))
        nothing = np.flatnonzero(is_in & (total == 0.0))
        keys += [of_node[of] * n_columns + first + at, of_node[nothing] * n_columns + first + n]
        values += [value / total[of] * mass[of], mass[nothing]]
        first += n + 1
    key, place = np.unique(np.concatenate(keys), return_inverse=True)
    value = sums(place, np.concatenate(values), len(key))
    is_something = value > 0.0
    return key[is_something] // n_columns, key[is_something] % n_columns, value[is_something], n_columns
