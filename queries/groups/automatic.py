"""Automatic groups of a graph towards a target, kept beside the graph: any number of groups is a cut of one tree."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.groups.cut import Cut
from queries.groups.flow import Flow
from queries.groups.names import group_names
from queries.groups.tree import Tree
from queries.groups.units import Units
from queries.size import n_bytes

KEPT_TARGETS, KEPT_BYTES = 4, 32_000_000
"""Targets of one graph whose groups are kept; bytes that they may take together, but for the newest."""


class AutomaticGroups(NamedTuple):
    """A number of groups. `number` (n_nodes,) is each node's group, -1 for nodes that are in none; `names` (n_groups,)
    are all different."""

    number: Ints
    names: list[str]
    cut: Cut | None
    """The groups' figures; None for a graph without feature nodes."""

    @property
    def information_lost(self) -> float:
        """The part of what features tell about where influence comes from and goes to that groups do not."""
        return 0.0 if self.cut is None else self.cut.information_lost

    @property
    def biggest_flow(self) -> float:
        """The largest part of the features' flow that one group has."""
        return 0.0 if self.cut is None else float(self.cut.weight.max())

    def shuffled(self, seed: int) -> Ints:
        """(n_nodes,) like `number`, with the nodes dealt out to groups of these sizes at random."""
        if self.cut is None:
            return self.number
        order = self.cut.flow.order
        number = self.number[order]
        is_in = number >= 0
        number[is_in] = np.random.default_rng(seed).permutation(number[is_in])
        shuffled = np.empty_like(number)
        shuffled[order] = number
        return shuffled


class Grown:
    """The tree of a graph's feature nodes towards a target. It holds no graph, so that it can be kept beside one."""

    def __init__(self, graph: AttributionGraph, target_weight: Floats, among: Bools) -> None:
        """`target_weight` (n_nodes,) is the factor of a path that ends at a node; `among` (n_nodes,) are the nodes to
        group, of which feature nodes are."""
        flow = Flow.of(graph, target_weight)
        self._units: Units | None = None
        if (among[flow.order] & flow.is_feature).any():
            self._units = Units.of(flow, among[flow.order], graph.record.n_layers)
            self._tree = Tree.of(self._units)
        self.size = n_bytes(self)
        """Bytes."""

    def groups(self, graph: AttributionGraph, n_groups: int | None) -> AutomaticGroups:
        """So many groups, or as many as there can be; None: the graph's own number. `graph` is the one that this was
        made from, which has the labels."""
        if self._units is None:
            return AutomaticGroups(np.full(len(graph.nodes), -1), [], None)
        cut = Cut.of(self._units, self._tree.cut(n_groups or self._tree.own_number))
        number = np.empty(len(graph.nodes), dtype=np.int64)
        number[cut.flow.order] = cut.of_node
        return AutomaticGroups(number, group_names(graph, cut), cut)


_OfGraph: TypeAlias = "OrderedDict[Hashable, Future[Grown]]"
_kept: WeakKeyDictionary[AcyclicGraph, _OfGraph] = WeakKeyDictionary()
"""By what a graph shares with the same graph under other labels."""
_lock = Lock()


def kept_beside(graph: AttributionGraph, key: Hashable, grow: Callable[[], Grown]) -> Grown:
    """What `grow` makes, made once for all who ask at the same time, and kept as long as the graph is, by `key`."""
    with _lock:
        of_graph = _kept.setdefault(graph.acyclic, OrderedDict())
        is_new = key not in of_graph
        grown = of_graph.setdefault(key, Future())
        of_graph.move_to_end(key)
        if len(of_graph) > KEPT_TARGETS:
            of_graph.popitem(last=False)
    if is_new:
        try:
            grown.set_result(grow())
            with _lock:
                while _bytes_of(of_graph) > KEPT_BYTES and len(of_graph) > 1:
                    of_graph.popitem(last=False)
        except BaseException as error:
            with _lock:
                of_graph.pop(key, None)
            grown.set_exception(error)
    return grown.result()


def bytes_beside(graph: AttributionGraph) -> int:
    """Bytes of the groups that are kept beside a graph."""
    acyclic = vars(graph).get("acyclic")
    with _lock:
        of_graph = None if acyclic is None else _kept.get(acyclic)
        return 0 if of_graph is None else _bytes_of(of_graph)


def _bytes_of(of_graph: _OfGraph) -> int:
    done = [grown for grown in of_graph.values() if grown.done() and grown.exception() is None]
    return sum(grown.result().size for grown in done)
