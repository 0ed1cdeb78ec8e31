"""The names of transcoder sets: one set goes by several, and its features are the same whatever a graph calls it.

`transcoder-sets.toml` in the data folder adds to the sets that are known here:

    [[set]]
    model = "gemma-2-2b"
    names = ["my-transcoders", "me/my-transcoders"]
    neuronpedia_source = "{layer}-my-transcoders"       # if Neuronpedia knows its features; neuronpedia_model, if its
                                                        # name for the model is another
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from queries.errors import InvalidRequest
from queries.graph.records import Record

FILE = "transcoder-sets.toml"


class TranscoderSet(Record):
    """A set of a model. Graphs that are imported under any of its names are stored under the first, on which their ids
    depend: it never changes."""

    model: str = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)
    neuronpedia_model: str | None = Field(None, min_length=1)
    """What Neuronpedia calls the model; None: as here."""
    neuronpedia_source: str | None = Field(None, pattern=r"^[^{}]*\{layer\}[^{}]*$")
    """Its name of a layer's source, with `{layer}` for the number; None: it does not know the set."""

    def source(self, layer: int) -> tuple[str, str] | None:
        """Model and source in which Neuronpedia has a layer's features; None: it does not know the set."""
        if self.neuronpedia_source is None:
            return None
        return self.neuronpedia_model or self.model, self.neuronpedia_source.format(layer=layer)


KNOWN = (
    TranscoderSet(
        model="gemma-2-2b",
        names=(
            "gemmascope-transcoder-16k",
            "mntss/gemma-scope-transcoders",
            "mwhanna/gemma-scope-transcoders",
            "gemma",
        ),
        neuronpedia_source="{layer}-gemmascope-transcoder-16k",
    ),
    TranscoderSet(
        model="gemma-2-2b",
        names=("mntss/clt-gemma-2-2b-2.5M", "clt-hp"),
        neuronpedia_source="{layer}-clt-hp",
    ),
    TranscoderSet(
        model="qwen3-4b",
        names=("transcoder-hp", "mwhanna/qwen3-4b-transcoders"),
        neuronpedia_source="{layer}-transcoder-hp",
    ),
)


def known_sets(data: Path) -> tuple[TranscoderSet, ...]:
    """The sets of the data folder's file, then those known here. Raises InvalidRequest for a file that is wrong."""
    path = data / FILE
    if not path.is_file():
        return KNOWN
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        own = tuple(TranscoderSet.model_validate(table) for table in content.get("set", []))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError, TypeError) as error:
        raise InvalidRequest(FILE, f"the file {path} is wrong: {str(error).splitlines()[0]}") from error
    return own + KNOWN


def neuronpedia_source(
    model: str, transcoder_set: str, layer: int, sets: Sequence[TranscoderSet]
) -> tuple[str, str] | None:
    """Neuronpedia's model and source of a layer of a set; None where no table says them: they are never guessed."""
    for one in sets:
        if one.model == model and transcoder_set in one.names:
            return one.source(layer)
    return None


def stored_name(model: str, transcoder_set: str, sets: Sequence[TranscoderSet]) -> str:
    """The name under which a model's set is stored."""
    for one in sets:
        if one.model == model and transcoder_set in one.names:
            return one.names[0]
    return transcoder_set
