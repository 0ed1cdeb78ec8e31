"""How a query's values are written, the same on either engine.

| value | JSON |
|---|---|
| node | `{"type": "node", "id", "labels", "properties"}` |
| relationship | `{"type": "relationship", "id", "relationship_type", "source", "target", "properties"}` |
| path | `{"type": "path", "nodes", "relationships"}` |
| point | `{"type": "point", "srid", "coordinates"}` |
| number that JSON lacks | `"NaN"`, `"Infinity"`, `"-Infinity"`: they are not null |
| decimal | as text, since a JSON number would be read as another one; an integral one as a number |
| date, time, datetime, duration | as text, by ISO 8601 |
| bytes | as text, in base64 |
| map | an object; keys that are not text are written as text |
| anything else, such as a UUID | as text |

Ids are the engine's own and hold as long as the graph is stored; `source` and `target` are ids of nodes. A map that
the query itself makes with a `type` looks like a value of that type.
"""

import base64
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

Value: TypeAlias = Any
"""A value that JSON can hold."""


def node(id: str, labels: list[str], properties: dict[str, Value]) -> Value:
    return {"type": "node", "id": id, "labels": labels, "properties": properties}


def relationship(id: str, type: str, source: str, target: str, properties: dict[str, Value]) -> Value:
    return {
        "type": "relationship",
        "id": id,
        "relationship_type": type,
        "source": source,
        "target": target,
        "properties": properties,
    }


def path(nodes: list[Value], relationships: list[Value]) -> Value:
    return {"type": "path", "nodes": nodes, "relationships": relationships}


def point(srid: int, coordinates: list[float]) -> Value:
    return {"type": "point", "srid": srid, "coordinates": coordinates}


def duration(seconds: timedelta) -> str:
    """P1DT2.5S: days, and the rest in seconds."""
    left = seconds - timedelta(days=seconds.days)
    return f"P{seconds.days}DT{left.seconds}.{left.microseconds:06}S"


def plain(value: Any, inner: Callable[[Any], Value]) -> Value:
    """A value of a type that both engines have; `inner` writes the items of lists and maps."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else _beyond_json(value)
        case list() | tuple():
            return [inner(item) for item in value]
        case Mapping():
            return {key if isinstance(key, str) else str(inner(key)): inner(value[key]) for key in value}
        case Decimal():
            return int(value) if value.as_tuple().exponent == 0 else str(value)
        case timedelta():
            return duration(value)
        case datetime() | date() | time():
            return value.isoformat()
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
    return str(value)


def _beyond_json(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
