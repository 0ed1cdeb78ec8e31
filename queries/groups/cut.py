"""A number of automatic groups: their nodes, their profiles, and what they no longer tell."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from queries.graph.arrays import Bools, Floats, Ints
from queries.groups.flow import Flow
from queries.groups.units import Units, information, sums


@dataclass(frozen=True, eq=False)
class Cut:
    """Groups of units, in the order of their first nodes' keys. Nodes are in the order of the flow's.

    shapes: of_node (n_nodes,) each node's group, -1 for nodes that are in none; weight (n_groups,) the groups' parts of
    the flow, says (n_groups,) whether a group is one of units that say something; profiles (n_groups, n_columns) those
    of `Units`, each row over the group's weight.
    """

    units: Units
    of_node: Ints
    weight: Floats
    says: Bools
    profiles: Floats
    information_lost: float
    """The part of what units tell about their profiles that groups do not."""

    @classmethod
    def of(cls, units: Units, first: Ints) -> Self:
        """The groups of units, from the `first` (n_units,) unit of each unit's group."""
        firsts, number = np.unique(first, return_inverse=True)
        weight = sums(number, units.weight)
        key = number[units.row] * units.n_columns + units.entry_column
        held = sums(key, units.value, len(firsts) * units.n_columns)
        column = np.tile(np.arange(units.n_columns), len(firsts))
        told = information(held, column, weight)
        return cls(
            units,
            np.where(units.of_node >= 0, number[units.of_node], -1),
            weight,
            units.says[firsts],
            held.reshape(len(firsts), -1) / weight[:, None],
            max(0.0, 1.0 - told / units.information) if units.information > 0.0 else 0.0,
        )

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def flow(self) -> Flow:
        return self.units.flow

    @property
    def tokens(self) -> Floats:
        """(n_groups, n_embeddings + 1) the parts of a group's reach from each embedding, and from errors."""
        return self.profiles[:, : len(self.flow.embeddings) + 1]

    @cached_property
    def inputs(self) -> Floats:
        """(n_groups, n_groups + n_nodes) the parts of a group's inputs from each group, and from each node in none."""
        return self._over_groups(len(self.flow.embeddings) + 2)

    @cached_property
    def outputs(self) -> Floats:
        """(n_groups, n_groups + n_nodes) the parts of the influence that a group hands down, to each group and node."""
        return self._over_groups(len(self.flow.embeddings) + 3 + self.units.n_ends)

    def _over_groups(self, first: int) -> Floats:
        """(n_groups, n_groups + n_nodes) a profile over units and other nodes, from its `first` column, over groups."""
        n, units = len(self), self.units
        end = np.empty(units.n_ends, dtype=np.int64)
        end[units.column] = np.where(self.of_node >= 0, self.of_node, n + np.arange(len(self.flow)))
        over = np.zeros((n, n + len(self.flow)))
        np.add.at(over.T, end, self.profiles[:, first : first + units.n_ends].T)
        return over
