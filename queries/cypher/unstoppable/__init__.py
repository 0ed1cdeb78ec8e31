"""Queries in which no engine could be stopped: refused before one sees them.

    bounds; growth -> expressions -> reading, functions, regular_expressions; these -> sizes

Neo4j looks whether a query was ended between two rows: not while it plans, and not within one expression. So the form
of a query is bounded (`bounds`, for both engines), and by one cost rule what its expressions may do (`growth`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from queries.cypher.lexer import Token
from queries.cypher.unstoppable import bounds, growth


def check(found: Sequence[Token], parameters: Mapping[str, Any]) -> None:
    """Raises QueryUnstoppable for a query that could not be stopped while Neo4j plans or runs it."""
    bounds.check(found)
    growth.check(found, parameters)
