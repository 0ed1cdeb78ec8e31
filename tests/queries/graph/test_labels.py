"""What names a feature node: every kind of label, alone and against the others."""

from datetime import UTC, datetime
from itertools import combinations

import pytest

from queries.graph.facts import FeatureLogit
from queries.graph.features import Explanation, LabelOrigin
from queries.graph.labels import BorrowedLabel, GivenLabel, Label, feature_labels, most_given, name_of_logits
from queries.words import LABEL_RULES, LABEL_SOURCES, LabelRule, LabelSource
from tests.support.graphs import make_graph

OLD, NEW = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
BORROWED = BorrowedLabel(text="of another graph", graph="other", graph_name="dallas-grouped")
SAID = {
    "person": Explanation("of a person", "ada", "person", None, OLD),
    "explanation": Explanation("of a model", "gpt", "oai_token-act-pair", 0.9, NEW),
    "logits": Explanation("~ Austin", "neuronpedia", "top-logits", None, NEW),
}
SHOWN = {
    "person": Label("of a person", LabelOrigin(source="person", by="ada")),
    "graph": Label("of the graph", LabelOrigin(source="graph")),
    "explanation": Label("of a model", LabelOrigin(source="explanation", by="gpt")),
    "borrowed": Label("of another graph", LabelOrigin(source="borrowed", by="dallas-grouped", graph="other")),
    "logits": Label("~ Austin", LabelOrigin(source="logits", by="neuronpedia")),
}
LEFT_OUT: dict[LabelRule, set[LabelSource]] = {
    "own": {"borrowed", "logits"},
    "borrowed": {"logits"},
    "made": set(),
}


@pytest.mark.parametrize("rule", LABEL_RULES)
@pytest.mark.parametrize("there", [them for n in range(6) for them in combinations(LABEL_SOURCES, n)])
def test_the_first_that_there_is_and_that_the_rule_lets_shows(
    there: tuple[LabelSource, ...], rule: LabelRule
) -> None:
    first = next(
        (source for source in LABEL_SOURCES if source in there and source not in LEFT_OUT[rule]), None
    )
    labels = feature_labels(
        [SAID[source] for source in reversed(there) if source in SAID],
        BORROWED if "borrowed" in there else None,
        rule,
    )
    own = "of the graph" if "graph" in there else None
    assert labels.of(own) == (first and SHOWN[first])


def test_a_graph_shows_them_by_its_rule_at_every_node_of_the_feature() -> None:
    graph = make_graph("EFFL", {}, labels={2: "its own"}, explanations={(0, 1): [SAID["logits"]]})
    assert graph.labels == [None, "~ Austin", "its own", None]
    assert graph.with_labels("borrowed").labels == [None, None, "its own", None]
    assert graph.with_labels("made") is graph


def test_a_label_that_a_file_had_borrowed_gives_way_to_one_of_a_graph_stored_here() -> None:
    brought = Explanation("a state", "oakland", "borrowed")
    assert feature_labels([brought], None, "made").of(None) == Label(
        "a state", LabelOrigin(source="borrowed", by="oakland")
    )
    assert feature_labels([brought], BORROWED, "made").of(None) == SHOWN["borrowed"]
    assert feature_labels([brought], None, "own").of(None) is None


def test_what_most_graphs_say_is_borrowed_in_any_order() -> None:
    given = [
        GivenLabel((0, 1), "Texas", 2, "2025-01-01 c"),
        GivenLabel((0, 1), "a state", 1, "2026-01-01 b"),
        GivenLabel((0, 2), "a city", 1, "2025-01-01 a"),
        GivenLabel((0, 2), "a town", 1, "2026-01-01 b"),
    ]
    found = {one.feature: (one.text, one.graph) for one in most_given(given)}
    assert found == {(0, 1): ("Texas", "c"), (0, 2): ("a town", "b")}
    assert most_given(reversed(given))[::-1] == most_given(given)


@pytest.mark.parametrize(
    ("tokens", "name"),
    [
        ([(" Austin", 2.0), ("Dallas", 1.0)], "~ Austin"),
        ([("▁Lone▁Star", 2.0)], "~ Lone Star"),
        ([("\n", 2.0), (" ", 1.5), ("Texas", 1.0)], "~ Texas"),
        ([("Austin", -0.5)], None),
        ([(" ", None), (" Austin", None), ("Texas", None)], "~ Austin"),
        ([], None),
    ],
)
def test_a_name_is_made_from_the_logit_that_is_raised_most(
    tokens: list[tuple[str, float | None]], name: str | None
) -> None:
    assert name_of_logits([FeatureLogit(token=token, value=value) for token, value in tokens]) == name
