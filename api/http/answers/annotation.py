"""What is asked and answered about explanations of a graph's features."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from queries.graph.features import PERSON, Explanation, FeatureId, feature_id
from queries.graph.records import Finite, Record
from queries.words import MAX_INTEGER

MAX_SECONDS = 60.0
"""For which one request may ask Neuronpedia: it holds a thread of the server."""
MAX_EXPLANATIONS = 2000
"""Of one request; a file's others come in the next."""
MAX_TEXT = 10_000


def _has_words(text: str) -> str:
    if not text.strip():
        raise ValueError("it has no words")
    return text.strip()


Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_has_words)]


Author: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]


class AnnotationQuestion(Record):
    ask: bool = Field(
        True,
        description="Ask Neuronpedia, and for feature files at an address, unless the server is told never to",
    )
    seconds: float = Field(
        20.0, ge=0, le=MAX_SECONDS, description="How long; where features are left then, ask again"
    )


class GivenExplanation(Record):
    """What somebody says that a feature means."""

    layer: int = Field(ge=0, le=MAX_INTEGER)
    index: int = Field(ge=0, le=MAX_INTEGER)
    site: str | None = Field(None, max_length=100, description="`attn`: of attention; null: of the MLP")
    text: Words
    author: Author = PERSON
    type: str = Field(PERSON, min_length=1, max_length=200, description="`person`: wins over all others")
    score: Finite | None = None

    @property
    def feature(self) -> FeatureId:
        return feature_id(self.layer, self.index, self.site)

    @property
    def explanation(self) -> Explanation:
        said_at = datetime.now(UTC) if self.type == PERSON else None  # of people's, the newest shows
        return Explanation(self.text, self.author, self.type, self.score, said_at)


class FeatureLabel(Record):
    """What somebody calls a feature."""

    text: Words
    author: Author = PERSON


class GivenExplanations(Record):
    explanations: list[GivenExplanation] = Field(min_length=1, max_length=MAX_EXPLANATIONS)


class ExplainedAnswer(Record):
    n_stored: int = Field(description="Explanations that were new")
    n_known: int = Field(description="Those that were stored before")
    n_elsewhere: int = Field(
        description="Those of features that the graph does not have, which are not stored"
    )
