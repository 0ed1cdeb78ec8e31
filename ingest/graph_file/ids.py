"""The nodes that ids in a graph file mean, where two nodes share one."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ingest.graph_file.faults import Faults
from ingest.graph_file.nodes import FileNode
from ingest.graph_file.spelling import quoted
from queries.errors import InvalidGraph
from queries.graph.arrays import Bools, Ints
from queries.graph.attribution_graph import NodeKind

Ordinals: TypeAlias = npt.NDArray[np.int32]


class NodeIds:
    """Resolves ids to nodes.

    An id that a feature and an error share means the feature as a target, since errors have no inputs. As a source it
    means the feature where the target is not above the error's layer, since the error cannot reach that target.
    Elsewhere the order of links tells: in all files that are known, links stand target by target, and the sources of
    each in the order of the file's nodes.
    """

    def __init__(self, nodes: list[FileNode]) -> None:
        """`nodes` come from `read_nodes`: features before errors, and only a feature and an error may share an id."""
        self.nodes = nodes
        self.ordinals: dict[str, int] = {}
        """The ordinal of the node that each id means; the feature's where two share the id."""
        kind = np.array([node.kind for node in nodes], dtype=np.int8)
        self._has_inputs = (kind == NodeKind.FEATURE) | (kind == NodeKind.LOGIT)
        self._has_outputs = kind != NodeKind.LOGIT
        self._layer = np.array([node.layer for node in nodes], dtype=np.int64)
        self._entry = np.array([node.entry for node in nodes], dtype=np.int64)
        self._twin = np.full(len(nodes), -1, dtype=np.int32)
        """(n_nodes,) the error that shares the node's id, or -1."""
        for node in nodes:
            meant = self.ordinals.setdefault(node.id, node.ordinal)
            if meant != node.ordinal:
                self._twin[meant] = node.ordinal

    def anywhere(self) -> dict[str, int]:
        """The ordinal of the node that each id means, by both ids that a node has in the file."""
        views: dict[str, int] = {}
        doubled = set[str]()
        for node in self.nodes:
            if node.view_id is not None and views.setdefault(node.view_id, node.ordinal) != node.ordinal:
                doubled.add(node.view_id)
        return {view: node for view, node in views.items() if view not in doubled} | self.ordinals

    def tell_apart(self, source: Ordinals, target: Ordinals, faults: Faults) -> Bools:
        """Sets the source of each link whose source's id means the error. The links, with ordinals of `ordinals`, stand
        in the file's order. (n_links,) which of them to keep: in lenient reading, not those of which nothing tells.

        Raises InvalidGraph for these otherwise.
        """
        kept = np.ones(len(source), dtype=np.bool_)
        shared = np.flatnonzero(self._twin[source] >= 0)
        either = shared[self._layer[target[shared]] > self._layer[self._twin[source[shared]]]]
        starts = np.flatnonzero(np.diff(target, prepend=-1)) if len(either) else either
        errors: list[int] = []
        for link in either.tolist():
            run = int(np.searchsorted(starts, link, side="right"))
            first, end = int(starts[run - 1]), int(starts[run]) if run < len(starts) else len(source)
            is_error = self._is_error(source[first:end], link - first)
            if is_error:
                errors.append(link)
            elif is_error is None:
                kept[link] = False
                ends = quoted(self.nodes[source[link]].id), quoted(self.nodes[target[link]].id)
                why = "{} is the id of a feature and of an error node, and either can feed {}".format(*ends)
                with faults.collected():
                    faults.drop("bad_links", InvalidGraph(f"links[{link}].source", why))
        source[errors] = self._twin[source[errors]]
        return kept

    def _is_error(self, run: Ordinals, at: int) -> bool | None:
        """Whether a shared id means the error, in a run of links to one target, whose sources are `run` (n_run,); None
        where the order does not tell."""
        feature, error = run[at], self._twin[run[at]]
        own = np.flatnonzero(run == feature)
        if len(own) == 2:
            return bool((at == own[0]) == (self._entry[error] < self._entry[feature]))
        plain = np.flatnonzero(self._twin[run] < 0)
        entries = self._entry[run[plain]]
        if len(own) > 2 or np.any(np.diff(entries) <= 0):
            return None
        place = int(np.searchsorted(plain, at))
        least = entries[place - 1] if place > 0 else -1
        most = entries[place] if place < len(entries) else len(self.nodes)
        fits = [bool(least < self._entry[node] < most) for node in (feature, error)]
        return fits[1] if fits[0] != fits[1] else None

    def check(self, source: Ordinals, target: Ordinals, numbers: Ints, faults: Faults) -> Bools:
        """(n_links,) whether each link's ends can be linked; raises InvalidGraph where not, but in lenient reading.

        `numbers` (n_links,) are the links' places in the file.
        """
        no_inputs, no_outputs = ~self._has_inputs[target], ~self._has_outputs[source]
        for link in np.flatnonzero(no_inputs | no_outputs).tolist():
            where, out_of, into = (
                f"links[{numbers[link]}]",
                self.nodes[source[link]],
                self.nodes[target[link]],
            )
            with faults.collected():
                if no_inputs[link]:
                    why = f"{quoted(into.id)} is an {into.kind.word} node, which has no inputs"
                    faults.drop("bad_links", InvalidGraph(f"{where}.target", why))
                else:
                    why = f"{quoted(out_of.id)} is a logit node, which has no outputs"
                    faults.drop("bad_links", InvalidGraph(f"{where}.source", why))
        can_be: Bools = ~(no_inputs | no_outputs)
        return can_be
