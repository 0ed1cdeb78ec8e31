from typing import Any

from queries.graph.records import GraphRecord, Prediction
from queries.interventions.donors import can_lend, ranked_donors
from tests.support.graphs import make_graph

PROMPT = ["<bos>", "The", "capital", "of", "Dallas", "is"]


def record(name: str, tokens: list[str], prediction: str = "Austin", **fields: Any) -> GraphRecord:
    return make_graph(
        "EL", {}, id=name, name=name, tokens=tokens, prediction=Prediction(token=prediction), **fields
    ).record


def test_donors_are_of_the_same_model_nearly_the_same_prompt_and_another_prediction() -> None:
    own = record("own", PROMPT)
    oakland = [*PROMPT[:4], "Oakland", "is"]
    assert can_lend(own, record("a", oakland, "Sacramento"), "Austin")
    assert can_lend(own, record("a", oakland[1:], "Sacramento"), "Austin")
    assert not can_lend(own, record("a", oakland, "Austin"), "Austin")
    assert not can_lend(own, record("a", oakland, "Sacramento", model="other"), "Austin")
    assert not can_lend(own, record("a", list("abcdef"), "Sacramento"), "Austin")


def test_the_fewest_differing_nodes_come_first() -> None:
    own = record("own", PROMPT)
    far, near, longer = (record(name, [*PROMPT[:4], "Oakland", "is"]) for name in ("far", "near", "x"))
    longer = record("longer", ["Fact:", *PROMPT[:4], "Oakland", "is"])
    features = [(0, 4, 1), (1, 5, 2), (1, 5, 3)]
    donors = ranked_donors(
        own,
        features,
        [
            (far, [(0, 4, 9), (1, 5, 8)]),
            (near, [(0, 4, 9), (1, 5, 2), (1, 5, 3)]),
            (longer, [(0, 5, 1), (1, 6, 2)]),
        ],
    )
    told = [(one.record.name, one.positions, one.n_shared, one.n_different) for one in donors]
    assert told == [("longer", [4], 2, 1), ("near", [4], 2, 2), ("far", [4], 0, 5)]
