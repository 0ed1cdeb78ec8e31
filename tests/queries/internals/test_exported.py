"""The export has the fields that notebooks read, and comes back whole."""

import json

import numpy as np

from queries.internals.exported import exported_attribution


def test_it_is_read_back_as_a_notebook_reads_it() -> None:
    tokens, attribution = ["<bos>", " is"], np.array([0.0, 1.5])
    scores = np.array([[0.5, -2.0], [3.0, 0.1]], dtype=np.float32)
    found = json.loads(exported_attribution(tokens, " Austin", 1, attribution, scores).model_dump_json())
    assert found["target_token"] == " Austin"
    assert found["target_position"] == 2
    assert found["input_tokens"] == tokens
    assert np.array_equal(np.array(found["integrated_gradients"]), attribution)
    # A notebook fills its matrix from names.
    matrix = np.zeros((2, 2), dtype=np.float32)
    for name, score in found["head_attribution"].items():
        layer, head = (int(part[1:]) for part in name.split("_"))
        matrix[layer, head] = score
    assert np.array_equal(matrix, scores)
    assert [each["head"] for each in found["top_heads"]] == ["L1_H0", "L0_H0", "L1_H1", "L0_H1"]
    assert [each["layer"] for each in found["top_heads"]] == [1, 0, 1, 0]
    assert np.array_equal(
        np.array([each["score"] for each in found["top_heads"]], np.float32), [3.0, 0.5, scores[1, 1], -2.0]
    )
    assert set(found) == {
        "target_token",
        "target_position",
        "input_tokens",
        "integrated_gradients",
        "head_attribution",
        "top_heads",
    }
