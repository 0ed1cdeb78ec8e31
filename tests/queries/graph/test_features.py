"""The best explanation of a feature is the one that is shown, unless the graph has a label of its own."""

from datetime import UTC, datetime

from queries.graph.features import Explanation, best_explanation
from tests.support.graphs import make_graph

OLD, NEW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


def test_a_persons_own_explanation_wins_over_any_score() -> None:
    own = Explanation("mine", "ada", "person", None, OLD)
    assert best_explanation([Explanation("theirs", "model", "auto", 1.0, NEW), own]) == own


def test_then_the_best_scored_then_the_newest() -> None:
    scored = Explanation("scored", "model", "auto", 0.0, OLD)
    unscored = Explanation("unscored", "model", "auto", None, NEW)
    assert best_explanation([unscored, scored]) == scored
    assert best_explanation([scored, Explanation("better", "model", "auto", 0.4)]).text == "better"  # type: ignore[union-attr]
    newer = Explanation("newer", "model", "auto", 0.0, NEW)
    assert best_explanation([scored, newer]) == best_explanation([newer, scored]) == newer
    assert best_explanation([Explanation("undated", "model", "auto", 0.0), scored]) == scored


def test_equal_explanations_have_one_winner_in_any_order() -> None:
    one, other = Explanation("a", "model", "auto", 0.5), Explanation("b", "model", "auto", 0.5)
    assert best_explanation([one, other]) == best_explanation([other, one])


def test_nothing_explains_nothing() -> None:
    assert best_explanation([]) is None


def test_a_name_that_nobody_said_comes_after_what_is_said() -> None:
    said = Explanation("a city", "model", "auto", None, OLD)
    for type in ("borrowed", "top-logits"):
        assert best_explanation([Explanation("~ Austin", "neuronpedia", type, 1.0, NEW), said]) == said


def test_only_a_person_wins_over_the_graphs_own_label() -> None:
    said, made = (
        [Explanation("the state Texas", "ada", "person")],
        [Explanation("a state", "model", "auto", 1.0)],
    )
    graph = make_graph(
        "EFFFL",
        {},
        labels={1: "Say (Austin)", 3: "a place"},
        explanations={(0, 1): made, (1, 2): said, (2, 3): said},
    )
    assert graph.labels == [None, "Say (Austin)", "the state Texas", "the state Texas", None]


def test_explanations_belong_to_features_only() -> None:
    # The error node of layer 0 and index 0 is no instance of feature (0, 0).
    graph = make_graph("EXL", {}, explanations={(0, 0): [Explanation("a feature", "ada", "person")]})
    assert graph.labels == [None, None, None]
