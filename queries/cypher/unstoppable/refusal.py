"""The sentence of a query that is refused since nothing would stop it."""

from queries.errors import QueryTooLarge


def refusal(what: str, instead: str) -> QueryTooLarge:
    """`what` names the part of the query and its place, `instead` what to do."""
    return QueryTooLarge(f"before it began, since nothing could stop it in {what}. {instead}")
