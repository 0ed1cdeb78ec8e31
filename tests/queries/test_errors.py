"""Errors carry their values, say them in a sentence, and stay what they are on the way to another process."""

import json
from dataclasses import fields
from typing import Any

import pytest

from queries import errors
from queries.errors import CircuitExplorerError

LEAVES = [
    leaf
    for leaf in vars(errors).values()
    if isinstance(leaf, type) and issubclass(leaf, CircuitExplorerError) and leaf is not CircuitExplorerError
]
VALUES: dict[str, Any] = {
    "str": "a {brace}, 'quotes' and é",
    "int": 3,
    "float": 2.5,
    "list[str]": ["one", "two"],
    "dict[str, tuple[str, str]]": {"g": ("model", "set")},
}


def example(leaf: type[CircuitExplorerError]) -> CircuitExplorerError:
    values = {field.name: VALUES[_name(field.type)] for field in fields(leaf)}  # type: ignore[arg-type]
    return leaf(**values)


def _name(of_type: Any) -> str:
    return of_type.__name__ if of_type in (str, int, float) else str(of_type)


@pytest.mark.parametrize("leaf", LEAVES)
def test_an_error_is_the_same_in_another_process(leaf: type[CircuitExplorerError]) -> None:
    error = example(leaf)
    sent = json.loads(json.dumps(errors.to_json(error)))
    received = errors.from_json(**sent)
    assert type(received) is leaf
    assert (str(received), received.args) == (str(error), (str(error),))
    assert {received: 1}[received] == 1


def test_an_error_that_is_not_known_is_none() -> None:
    assert errors.from_json("Nonsense", {}) is None
    assert errors.from_json("errno", {}) is None
    assert errors.from_json("GraphNotFound", {"another": "value"}) is None


def test_sentences() -> None:
    assert str(errors.GraphNotFound("a {b}")) == "There is no graph 'a {b}'."
    assert str(errors.UnknownModel("x", ["a", "b"])) == "Unknown model 'x'. This server knows: a, b."
    assert "after 2.5 seconds" in str(errors.QueryTimeout(2.5))
    assert "after 60 seconds" in str(errors.QueryTimeout(60.0))
    both = errors.IncomparableGraphs({"g": ("m", "s"), "h": ("m", "t")})
    assert str(both).endswith("can share none: g is of 'm' and 's'; h is of 'm' and 't'")
    assert str(errors.UnsupportedSchema(found=3, supported=2)) == (
        "The database has schema version 3; this program knows versions up to 2. Use a newer Circuit Explorer."
    )
    assert str(errors.UnsupportedSchema(found=1, supported=2)).startswith(
        "The database has schema version 1; this program reads version 2. Start a server"
    )
