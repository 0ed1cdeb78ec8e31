"""What may be searched for; `queries.store.across.found` is what is found."""

from pydantic import Field

from queries.graph.records import Record
from queries.words import DEFAULT_FOUND, MAX_FOUND, MAX_SOUGHT, MAX_SOUGHT_WORDS


class SearchQuestion(Record):
    q: str = Field(
        max_length=MAX_SOUGHT,
        description=f"Up to {MAX_SOUGHT_WORDS} words, all of which must occur, whatever their case; `L20`, `#44686`, "
        "`20/44686` are of features of a layer, and whose index begins so",
    )
    limit: int = Field(
        DEFAULT_FOUND, ge=1, le=MAX_FOUND, description="At most this many of each kind are answered"
    )
