"""Components of logits by name, and cells as they are drawn."""

from fractions import Fraction

import numpy as np

from queries.internals.logits import (
    Float32s,
    LogitAttribution,
    raising_and_lowering,
    scaled_cells,
    sums_and_sizes,
)

CELLS = np.array([[[[1.0, 0.0], [-2.0, 0.5]], [[0.0, 0.0], [0.25, 0.25]]]], dtype=np.float32)
"""One layer, two heads, two tokens."""


def floats(*values: float) -> Float32s:
    return np.array(values, dtype=np.float32)


ATTRIBUTION = LogitAttribution(
    logit=floats(4.0, 2.0),
    cells=CELLS,
    attention_bias=floats(0.5, 0.5)[None],
    mlp=floats(2.0, -1.0)[None],
    embedding=floats(0.25, 3.0),
    positional=floats(0.125, 0.25),
    final=floats(0.125, 0.25),
    error=0.0,
)


def test_components_have_names_and_add_up() -> None:
    found = ATTRIBUTION.components("LH")
    assert [(each.name, each.values.tolist()) for each in found] == [
        ("embedding", [0.25, 3.0]),
        ("positions", [0.125, 0.25]),
        ("L0H0", [1.0, -1.5]),
        ("L0H1", [0.0, 0.5]),
        ("attention bias 0", [0.5, 0.5]),
        ("MLP 0", [2.0, -1.0]),
        ("final biases", [0.125, 0.25]),
    ]
    assert [each.name for each in ATTRIBUTION.components()][2:4] == ["0.0", "0.1"]
    sums, sizes = sums_and_sizes(ATTRIBUTION)
    assert sums.tolist() == ATTRIBUTION.logit.tolist()
    assert sizes.tolist() == [4.0, float(3 + Fraction(1, 4) + Fraction(3, 2) + 2 + Fraction(1, 4))]


def test_cells_are_scaled_together_and_keep_their_signs() -> None:
    scaled = scaled_cells(CELLS)
    assert scaled.tolist() == (CELLS / 2).tolist()
    assert not scaled_cells(np.zeros_like(CELLS)).any()


def test_raising_and_lowering_cells_are_told_apart() -> None:
    raising, lowering = raising_and_lowering(CELLS)
    assert raising.min() == lowering.min() == 0
    assert np.array_equal(raising - lowering, CELLS)
    assert lowering.max() == 2
