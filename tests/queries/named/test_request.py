"""A request for a named query that cannot be run is refused with the parameter at fault, and why."""

from typing import Any

import pytest

from queries.errors import InvalidRequest, UnknownQuery
from queries.named.request import checked, graphs_named, named_query


def test_an_unknown_query_is_told_the_known_ones() -> None:
    with pytest.raises(UnknownQuery, match="top-paths") as raised:
        named_query("top_paths")
    assert raised.value.name == "top_paths"


def test_what_is_not_given_has_its_default() -> None:
    values = checked(named_query("top-paths"), {"graph": "g", "min_share": 0, "target": None})
    assert values == {
        "graph": "g",
        "target": None,
        "min_length": 2,
        "max_length": 3,
        "min_share": 0.0,
        "k": 10,
    }
    assert isinstance(values["min_share"], float)


@pytest.mark.parametrize(
    ("name", "given", "parameter", "why"),
    [
        ("hubs", {}, "graph", "hubs needs it"),
        ("hubs", {"graph": None}, "graph", "hubs needs it"),
        ("hubs", {"graph": "g", "node": "n"}, "node", "it has graph, k"),
        ("hubs", {"graph": 3}, "graph", "must be text"),
        ("hubs", {"graph": "g", "k": "3"}, "k", "whole number"),
        ("hubs", {"graph": "g", "k": True}, "k", "whole number"),
        ("hubs", {"graph": "g", "k": 0}, "k", "between 1 and 10000"),
        ("top-paths", {"graph": "g", "max_length": 4}, "max_length", "between 1 and 3"),
        ("top-paths", {"graph": "g", "min_share": "much"}, "min_share", "must be a number"),
        ("top-paths", {"graph": "g", "min_share": float("nan")}, "min_share", "must be a number"),
        ("top-paths", {"graph": "g", "min_share": 1.5}, "min_share", "between 0 and 1"),
        ("links-of-paths", {"graph": "g", "paths": []}, "paths", "list of texts"),
        ("links-of-paths", {"graph": "g", "paths": ["a", 1]}, "paths", "list of texts"),
        ("shared-features", {"graphs": "g"}, "graphs", "list of graph ids"),
        ("shared-features", {"graphs": []}, "graphs", "list of graph ids"),
        ("shared-features", {"graphs": ["g", 1]}, "graphs", "list of graph ids"),
        ("shared-features", {"graphs": ["g", "g"]}, "graphs", "twice"),
    ],
)
def test_a_wrong_parameter_is_named(name: str, given: dict[str, Any], parameter: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as raised:
        checked(named_query(name), given)
    assert raised.value.parameter == parameter


def test_the_graphs_that_are_named() -> None:
    query = named_query("distinct-features")
    assert graphs_named(query, checked(query, {"graphs": ["a", "b"], "others": ["c"]})) == ["a", "b", "c"]
    query = named_query("hubs")
    assert graphs_named(query, checked(query, {"graph": "a"})) == ["a"]
