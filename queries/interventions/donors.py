"""Graphs that can lend another one what it has not: the same prompt but for a few tokens, with another prediction."""

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeAlias

from queries.errors import InvalidRequest
from queries.graph.records import AttributionRecord, GraphRecord

MOST_DIFFERENT = 3
"""Tokens in which a donor's prompt may differ, counted from the end; those that one prompt has more are among them."""

FeaturePlace: TypeAlias = tuple[int, int, int]
"""Layer, position and index of a feature node."""


class Donor(NamedTuple):
    """A graph that can lend, the `positions` of the borrower at which the prompts differ, and how many feature nodes
    the two share and do not."""

    record: GraphRecord
    positions: list[int]
    n_shared: int
    n_different: int


def align(record: AttributionRecord, other: AttributionRecord) -> list[int]:
    """The positions of a graph at which a donor's tokens differ, places counted from the end.

    Raises InvalidRequest where the two cannot be aligned, and says at which positions they differ.
    """
    if (record.model, record.transcoder_set) != (other.model, other.transcoder_set):
        raise InvalidRequest(
            "donor",
            f"is of {other.model!r} and {other.transcoder_set!r}, the graph of {record.model!r} and "
            f"{record.transcoder_set!r}",
        )
    shift = len(record.tokens) - len(other.tokens)
    positions = [
        position
        for position in range(len(record.tokens))
        if position < shift or record.tokens[position] != other.tokens[position - shift]
    ]
    n_different = len(positions) + max(0, -shift)
    if n_different > MOST_DIFFERENT:
        where = ", ".join(map(str, positions)) or "none"
        more = f" and {-shift} tokens more before them" if shift < 0 else ""
        raise InvalidRequest(
            "donor",
            f"cannot be aligned: counted from the end, its tokens differ at the positions {where}{more}; "
            f"at most {MOST_DIFFERENT} may",
        )
    return positions


def can_lend(record: AttributionRecord, other: GraphRecord, prediction: str) -> bool:
    """Whether a graph's donors may include the other: aligned, and with another prediction."""
    try:
        align(record, other)
    except InvalidRequest:
        return False
    return other.prediction.token != prediction


def ranked_donors(
    record: GraphRecord,
    features: Collection[FeaturePlace],
    others: Iterable[tuple[GraphRecord, Collection[FeaturePlace]]],
) -> list[Donor]:
    """The donors of a graph among aligned `others`, those with the fewest differing feature nodes first."""
    found = []
    own = set(features)
    for other, places in others:
        shift = len(record.tokens) - len(other.tokens)
        theirs = {(layer, position + shift, index) for layer, position, index in places}
        found.append(Donor(other, align(record, other), len(own & theirs), len(own ^ theirs)))
    return sorted(found, key=lambda donor: (donor.n_different, donor.record.name, donor.record.id))
