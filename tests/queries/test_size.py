"""The size that is counted of a graph is the memory that it takes."""

import gc
import tracemalloc

import numpy as np
import pytest

from queries.size import n_bytes
from tests.support.synthetic_graphs import SMALL, synthetic_graph

OUTSIDE = 0.1
"""The part by which the two may differ: small numbers and short texts are shared with the program."""


def test_a_graphs_size_is_the_memory_that_it_takes() -> None:
    synthetic_graph(SMALL, 1)  # what is made once
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        graph = synthetic_graph(SMALL, 2)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert n_bytes(graph) == pytest.approx(after - before, rel=OUTSIDE)


def test_what_is_computed_of_a_graph_counts() -> None:
    graph = synthetic_graph(SMALL, 1)
    before = n_bytes(graph)
    n_more = n_bytes([graph.acyclic.order, graph.acyclic.level, graph.acyclic.starts])
    assert n_bytes(graph) > before + n_more - 200


def test_a_part_that_is_held_twice_counts_once() -> None:
    array, text = np.zeros(1000), "text" * 1000
    once = n_bytes([array, text])
    assert 12_000 < once < 12_400
    assert n_bytes([array, text, array, text, array[:500]]) - once < 300
