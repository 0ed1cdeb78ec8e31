"""A request for a named query: the query, values of its parameters, and the graphs that they name."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from queries.errors import InvalidRequest, UnknownQuery, quoted
from queries.named import QUERIES
from queries.named.definition import NamedQuery, QueryParameter, Value, ValueType
from queries.words import Engine

MAX = float(1 << 63)
"""The bound of numbers: no engine has larger whole ones. Neither infinities nor NaN are within it."""

_BY_NAME = {query.name: query for query in QUERIES}


def named_query(name: str) -> NamedQuery:
    """Raises UnknownQuery."""
    if name not in _BY_NAME:
        raise UnknownQuery(name, list(_BY_NAME))
    return _BY_NAME[name]


def checked(query: NamedQuery, given: Mapping[str, Any]) -> dict[str, Value]:
    """A value for each of the query's parameters: the given one or the default.

    Raises InvalidRequest for a parameter that is unknown, missing, or of another type.
    """
    for name in given:
        if name not in query.parameter_names:
            raise InvalidRequest(name, f"{query.name} has no such parameter; {_has(query)}")
    return {parameter.name: _value(query, parameter, given) for parameter in query.parameters}


class BoundQuery(NamedTuple):
    """A named query with values: the text for one engine, and the graphs and collections that the values name."""

    text: str
    values: dict[str, Value]
    graph_ids: list[str]
    collections: list[str]


def bind(name: str, given: Mapping[str, Any], engine: Engine) -> BoundQuery:
    """A named query with the given values. The caller checks that the graphs and collections are there.

    Raises UnknownQuery, InvalidRequest.
    """
    query = named_query(name)
    values = checked(query, given)
    collections = [str(values[one.name]) for one in query.parameters if one.type is ValueType.COLLECTION]
    return BoundQuery(query.text(engine), values, graphs_named(query, values), collections)


def graphs_named(query: NamedQuery, values: Mapping[str, Value]) -> list[str]:
    """The ids of the graphs that the values name. A query of a graph that is not stored would answer no rows."""
    ids: list[str] = []
    for parameter in query.parameters:
        value = values[parameter.name]
        if parameter.type is ValueType.GRAPH and isinstance(value, str):
            ids.append(value)
        elif parameter.type is ValueType.GRAPHS and isinstance(value, list):
            ids += value
    return ids


def _value(query: NamedQuery, parameter: QueryParameter, given: Mapping[str, Any]) -> Value:
    value = given.get(parameter.name)
    if value is None:
        if parameter.required:
            raise InvalidRequest(parameter.name, f"{query.name} needs it: {parameter.description}")
        return parameter.default
    match parameter.type:
        case ValueType.COUNT:
            if not isinstance(value, int) or isinstance(value, bool) or not -MAX < value < MAX:
                raise InvalidRequest(parameter.name, f"must be a whole number, not {quoted(value)}")
            _check_bounds(parameter, value)
            return value
        case ValueType.NUMBER:
            if not isinstance(value, (int, float)) or isinstance(value, bool) or not -MAX < value < MAX:
                raise InvalidRequest(parameter.name, f"must be a number, not {quoted(value)}")
            _check_bounds(parameter, value)
            return float(value)
        case ValueType.GRAPHS:
            if not (isinstance(value, list) and value and all(isinstance(one, str) for one in value)):
                raise InvalidRequest(parameter.name, f"must be a list of graph ids, not {quoted(value)}")
            if len(set(value)) < len(value):
                raise InvalidRequest(parameter.name, "names a graph twice")
            return value
        case ValueType.TEXTS:
            if not (isinstance(value, list) and value and all(isinstance(one, str) for one in value)):
                raise InvalidRequest(parameter.name, f"must be a list of texts, not {quoted(value)}")
            return value
    if not isinstance(value, str):
        raise InvalidRequest(parameter.name, f"must be text, not {quoted(value)}")
    return value


def _check_bounds(parameter: QueryParameter, value: float) -> None:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None and not low <= value <= high:
        raise InvalidRequest(parameter.name, f"must be between {low:g} and {high:g}, not {quoted(value)}")


def _has(query: NamedQuery) -> str:
    return f"it has {', '.join(query.parameter_names)}"
