"""Prompts in models, a page at a time, and the graphs of one."""

from pydantic import Field

from queries.errors import InvalidRequest
from queries.graph.records import Finite, Record
from queries.store.library.library import KeptGraph, ListedPrompt, ModelOfGraphs
from queries.store.library.question import PromptOrder, PromptsQuestion
from queries.words import DEFAULT_LISTED, MAX_INTEGER, MAX_LISTED, MAX_NAME, MAX_NOTES, MAX_SEARCH, MAX_WORDS


class LibraryQuestion(Record):
    search: str = Field(
        "",
        max_length=MAX_SEARCH,
        description="Only graphs with each of these words, whatever their case, in the prompt, the prediction, the "
        f"name or the notes; at most {MAX_WORDS}",
    )
    model: str | None = Field(None, description="Only graphs of this model")
    collection: str | None = Field(None, description="Only graphs of this collection")
    labelled: bool | None = Field(
        None, description="Only graphs with labelled features, or only those without"
    )
    min_faithfulness: Finite | None = Field(
        None, description="Only graphs that are verified and at least as faithful as this"
    )
    order: PromptOrder = Field(
        "newest",
        description="By the newest graph of each prompt, or by what stands first: the prompt's text, or the greatest "
        "figure that one of its graphs has",
    )
    offset: int = Field(0, ge=0, le=MAX_INTEGER, description="How many prompts are left out before the first")
    limit: int = Field(
        DEFAULT_LISTED, ge=1, le=MAX_LISTED, description="At most this many prompts are answered"
    )

    @property
    def question(self) -> PromptsQuestion:
        """Raises InvalidRequest."""
        words = tuple(dict.fromkeys(self.search.split()))
        if len(words) > MAX_WORDS:
            raise InvalidRequest("search", f"has {len(words)} words; at most {MAX_WORDS} are searched for")
        return PromptsQuestion(
            limit=self.limit,
            offset=self.offset,
            order=self.order,
            words=words,
            model=self.model,
            collection=self.collection,
            labelled=self.labelled,
            least=self.min_faithfulness,
        )


class LibraryAnswer(Record):
    """A page of the library."""

    prompts: list[ListedPrompt] = Field(description="Prompts in models, in the order that was asked for")
    n_prompts: int = Field(description="How many there are with such graphs")
    n_graphs: int = Field(description="How many such graphs there are")


class ModelsOfGraphsAnswer(Record):
    models: list[ModelOfGraphs]


class PromptAnswer(Record):
    graphs: list[KeptGraph] = Field(
        description=f"The newest first, at most {MAX_LISTED}, with what hangs on them"
    )


class Description(Record):
    """What a person says of a graph. Null: as it is."""

    name: str | None = Field(None, max_length=MAX_NAME)
    notes: str | None = Field(None, max_length=MAX_NOTES)
