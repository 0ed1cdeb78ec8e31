"""The flow from a prompt's tokens through its attention heads to a prediction, few enough of each to be drawn.

The positions and heads with the largest absolute sums have nodes; all others are in one node each, so that nothing is
left out. What enters a head, for the prediction and against it, leaves it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from queries.graph.arrays import Floats, Ints

N_POSITIONS = 10
N_HEADS = 12


class NodeKind(StrEnum):
    POSITION = "position"
    OTHER_POSITIONS = "other positions"
    HEAD = "head"
    OTHER_HEADS = "other heads"
    FOR = "for"
    """The prediction gains."""
    AGAINST = "against"
    """The prediction loses."""


class Node(NamedTuple):
    """`value`: the absolute flow through the node. `position`, `layer` and `head` are of those kinds alone."""

    kind: NodeKind
    value: float
    position: int | None = None
    layer: int | None = None
    head: int | None = None


class Link(NamedTuple):
    """`source` and `target` are places in the list of nodes; `value` is above 0; `supports`: for the prediction."""

    source: int
    target: int
    value: float
    supports: bool


@dataclass(frozen=True)
class Sankey:
    """Positions come first, in the prompt's order, then heads by layer, each kind followed by its others; then for and
    against. Links go from positions to heads and from heads to one of the last two. Nothing of no flow is in it."""

    nodes: list[Node]
    links: list[Link]


def sankey(split: npt.ArrayLike, n_positions: int = N_POSITIONS, n_heads: int = N_HEADS) -> Sankey:
    """The flow of heads' attribution by source token, `split` (n_layers, n_heads, n)."""
    values = np.asarray(split, dtype=np.float64)
    by_head = values.reshape(-1, values.shape[-1])
    position_of, positions = _grouped(np.abs(by_head).sum(axis=0), n_positions)
    head_of, heads = _grouped(np.abs(by_head).sum(axis=1), n_heads)
    position_nodes = [
        *(Node(NodeKind.POSITION, 0.0, position=int(each)) for each in positions),
        Node(NodeKind.OTHER_POSITIONS, 0.0),
    ]
    head_nodes = [
        *(
            Node(NodeKind.HEAD, 0.0, layer=int(each) // values.shape[1], head=int(each) % values.shape[1])
            for each in heads
        ),
        Node(NodeKind.OTHER_HEADS, 0.0),
    ]
    nodes = [*position_nodes, *head_nodes, Node(NodeKind.FOR, 0.0), Node(NodeKind.AGAINST, 0.0)]
    from_positions, to_ends = [], []
    for supports, part in ((True, np.maximum(by_head, 0.0)), (False, np.maximum(-by_head, 0.0))):
        flow = np.zeros((len(head_nodes), len(position_nodes)))
        np.add.at(flow, (head_of[:, None], position_of[None, :]), part)
        for row, column in np.argwhere(flow > 0.0).tolist():
            head = len(position_nodes) + row
            from_positions.append(Link(column, head, float(flow[row, column]), supports))
        end = len(nodes) - (2 if supports else 1)
        for row, total in enumerate(flow.sum(axis=1).tolist()):
            if total > 0.0:
                to_ends.append(Link(len(position_nodes) + row, end, total, supports))
    return _without_empty(nodes, [*from_positions, *to_ends])


def _grouped(sizes: Floats, count: int) -> tuple[Ints, Ints]:
    """The group of each, and the `count` largest in their own order, which are the first groups; all others are in the
    last one. Equals are taken in their own order too."""
    chosen = np.sort(np.argsort(-sizes, kind="stable")[:count])
    group = np.full(len(sizes), len(chosen))
    group[chosen] = np.arange(len(chosen))
    return group, chosen


def _without_empty(nodes: list[Node], links: list[Link]) -> Sankey:
    """The nodes that links touch, with what flows through them."""
    through = [0.0] * len(nodes)
    is_source = {link.source for link in links}
    for link in links:
        through[link.source] += link.value
        if link.target not in is_source:  # what enters a head leaves it, and is counted once
            through[link.target] += link.value
    kept = [place for place, value in enumerate(through) if value > 0.0]
    new = {place: number for number, place in enumerate(kept)}
    return Sankey(
        [nodes[place]._replace(value=through[place]) for place in kept],
        [link._replace(source=new[link.source], target=new[link.target]) for link in links],
    )
