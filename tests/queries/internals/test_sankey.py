"""The flow from tokens through heads: by hand, and conserved."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from queries.internals.sankey import N_HEADS, N_POSITIONS, Link, Node, NodeKind, Sankey, sankey

SPLITS = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=3, max_dims=3, max_side=7),
    elements=st.floats(-8, 8, width=16).map(lambda x: round(x, 2)),
)


def totals(found: Sankey, place: int, supports: bool) -> tuple[float, float]:
    """What enters and what leaves a node for the prediction, or against it."""
    of_sign = [link for link in found.links if link.supports is supports]
    return (
        sum(link.value for link in of_sign if link.target == place),
        sum(link.value for link in of_sign if link.source == place),
    )


def test_by_hand() -> None:
    split = np.array([[[3.0, -1.0, 0.25], [0.0, 0.5, 0.0]], [[0.0, -4.0, 0.5], [0.125, 0.0, -0.125]]])
    assert sankey(split, n_positions=2, n_heads=2) == Sankey(
        nodes=[
            Node(NodeKind.POSITION, 3.125, position=0),
            Node(NodeKind.POSITION, 5.5, position=1),
            Node(NodeKind.OTHER_POSITIONS, 0.875),
            Node(NodeKind.HEAD, 4.25, layer=0, head=0),
            Node(NodeKind.HEAD, 4.5, layer=1, head=0),
            Node(NodeKind.OTHER_HEADS, 0.75),
            Node(NodeKind.FOR, 4.375),
            Node(NodeKind.AGAINST, 5.125),
        ],
        links=[
            Link(0, 3, 3.0, True),
            Link(2, 3, 0.25, True),
            Link(2, 4, 0.5, True),
            Link(0, 5, 0.125, True),
            Link(1, 5, 0.5, True),
            Link(1, 3, 1.0, False),
            Link(1, 4, 4.0, False),
            Link(2, 5, 0.125, False),
            Link(3, 6, 3.25, True),
            Link(4, 6, 0.5, True),
            Link(5, 6, 0.625, True),
            Link(3, 7, 1.0, False),
            Link(4, 7, 4.0, False),
            Link(5, 7, 0.125, False),
        ],
    )


@given(SPLITS, st.integers(1, 8), st.integers(1, 8))
def test_what_enters_a_head_leaves_it_and_nothing_is_lost(
    split: np.ndarray[tuple[int, ...], np.dtype[np.float32]], n_positions: int, n_heads: int
) -> None:
    found = sankey(split, n_positions, n_heads)
    ends = {NodeKind.FOR: np.maximum(split, 0), NodeKind.AGAINST: np.maximum(-split, 0)}
    for place, node in enumerate(found.nodes):
        for supports in (True, False):
            enters, leaves = totals(found, place, supports)
            if node.kind in (NodeKind.HEAD, NodeKind.OTHER_HEADS):
                assert enters == pytest.approx(leaves, rel=1e-12)
        all_in = sum(link.value for link in found.links if link.target == place)
        all_out = sum(link.value for link in found.links if link.source == place)
        assert node.value == pytest.approx(max(all_in, all_out), rel=1e-12)
        if node.kind in ends:
            assert node.value == pytest.approx(float(ends[node.kind].sum(dtype=np.float64)))
        if node.kind is NodeKind.HEAD:
            of_head = split[node.layer, node.head].astype(np.float64)
            assert node.value == pytest.approx(float(np.abs(of_head).sum()))
    shown = {node.kind for node in found.nodes}
    assert (NodeKind.FOR in shown) == bool((split > 0).any())
    assert (NodeKind.AGAINST in shown) == bool((split < 0).any())
    assert all(link.value > 0 for link in found.links)


def test_the_largest_have_nodes_in_their_own_order() -> None:
    split = np.random.default_rng(0).normal(size=(5, 8, 30))
    found = sankey(split)
    positions = [node.position for node in found.nodes if node.kind is NodeKind.POSITION]
    heads = [(node.layer, node.head) for node in found.nodes if node.kind is NodeKind.HEAD]
    by_position, by_head = np.abs(split).sum((0, 1)), np.abs(split).sum(2)
    assert positions == sorted(np.argsort(by_position)[-N_POSITIONS:])
    largest = np.sort(by_head, axis=None)[-N_HEADS]
    assert heads == [(layer, head) for layer, head in np.ndindex(5, 8) if by_head[layer, head] >= largest]
    assert len(found.nodes) == N_POSITIONS + 1 + N_HEADS + 1 + 2


def test_equals_are_taken_in_their_own_order() -> None:
    found = sankey(np.ones((2, 2, 3)), n_positions=1, n_heads=3)
    assert [(node.kind, node.position, node.layer, node.head) for node in found.nodes][:6] == [
        (NodeKind.POSITION, 0, None, None),
        (NodeKind.OTHER_POSITIONS, None, None, None),
        (NodeKind.HEAD, None, 0, 0),
        (NodeKind.HEAD, None, 0, 1),
        (NodeKind.HEAD, None, 1, 0),
        (NodeKind.OTHER_HEADS, None, None, None),
    ]


def test_nothing_flows_where_heads_do_nothing() -> None:
    assert sankey(np.zeros((2, 2, 3))) == Sankey([], [])
