"""Which prompts of the library are asked for, and in which order."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

PromptOrder: TypeAlias = Literal["newest", "oldest", "prompt", "faithfulness", "labelled", "nodes"]


@dataclass(frozen=True)
class PromptsQuestion:
    """The graphs that are meant, of which each prompt in a model is one row, and the page of the rows."""

    limit: int
    offset: int = 0
    order: PromptOrder = "newest"
    words: tuple[str, ...] = ()
    """Each stands in the prompt, the name, the notes or the prediction of a graph, whatever its case."""
    model: str | None = None
    collection: str | None = None
    labelled: bool | None = None
    """Whether feature nodes have labels."""
    least: float | None = None
    """The least faithfulness, of graphs that are verified."""
