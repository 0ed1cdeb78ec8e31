"""The names of transcoder sets: one set goes by several, and its features are the same whatever a graph calls it.

`transcoder-sets.toml` in the data folder adds to the sets that are known here:

    [[set]]
    model = "gemma-2-2b"
    names = ["my-transcoders", "me/my-transcoders"]
    neuronpedia_source = "{layer}-my-transcoders"       # if Neuronpedia knows its features; neuronpedia_model, if its
                                                        # name for the model is another
    features = "features"                               # its feature files: a folder beside this file, or a URL;
    scan = "me/my-transcoders"                          # else what circuit-tracer loads it by from the hub
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from queries.errors import InvalidRequest
from queries.graph.records import Record

FILE = "transcoder-sets.toml"
HUB = "https://huggingface.co"
SHORT = {"gemma": "mwhanna/gemma-scope-transcoders", "llama": "mntss/transcoder-Llama-3.2-1B"}
"""What circuit-tracer takes for a set of the hub."""


class TranscoderSet(Record):
    """A set of a model. Graphs that are imported under any of its names are stored under the first, on which their ids
    depend: it never changes."""

    model: str = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)
    neuronpedia_model: str | None = Field(None, min_length=1)
    """What Neuronpedia calls the model; None: as here."""
    neuronpedia_source: str | None = Field(None, pattern=r"^[^{}]*\{layer\}[^{}]*$")
    """Its name of a layer's source, with `{layer}` for the number; None: it does not know the set."""
    features: str | None = Field(None, min_length=1)
    """The folder or URL of its feature files, as circuit-tracer's viewer reads them."""
    scan: str | None = Field(None, min_length=1)
    """What circuit-tracer loads it by from the hub."""

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
        scan="mwhanna/gemma-scope-transcoders",
    ),
    TranscoderSet(
        model="gemma-2-2b",
        names=("mntss/clt-gemma-2-2b-2.5M", "clt-hp"),
        neuronpedia_source="{layer}-clt-hp",
        scan="mntss/clt-gemma-2-2b-2.5M",
    ),
    TranscoderSet(
        model="qwen3-4b",
        names=("transcoder-hp", "mwhanna/qwen3-4b-transcoders"),
        neuronpedia_source="{layer}-transcoder-hp",
        scan="mwhanna/qwen3-4b-transcoders",
    ),
)


def known_sets(data: Path) -> tuple[TranscoderSet, ...]:
    """The sets of the data folder's file, then those known here. Raises InvalidRequest for a file that is wrong."""
    path = data / FILE
    if not path.is_file():
        return KNOWN
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        own = tuple(_located(TranscoderSet.model_validate(table), data) for table in content.get("set", []))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError, TypeError) as error:
        raise InvalidRequest(FILE, f"the file {path} is wrong: {str(error).splitlines()[0]}") from error
    return own + KNOWN


def _located(one: TranscoderSet, data: Path) -> TranscoderSet:
    """The set, with the whole path of a folder of feature files."""
    if one.features is None or is_url(one.features):
        return one
    return one.model_copy(update={"features": str((data / Path(one.features).expanduser()).resolve())})


def is_url(place: str) -> bool:
    """Whether files are at an address, and not in a folder."""
    return place.startswith(("http://", "https://"))


def viewer_address(scan: str, hub: str = HUB) -> str | None:
    """Where circuit-tracer's viewer looks for the feature files of a set that is loaded from the hub, by what names it:
    `owner/name`, `owner/name//folder`, perhaps with `@revision`. None: the name is no such one.

    Source: `hfUrl` in its `frontend/assets/feature_examples/init-feature-examples.js`.
    """
    place, _, revision = SHORT.get(scan, scan).partition("@")
    repository, _, folder = place.partition("//")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        return None
    parts = [hub.rstrip("/"), repository, "resolve", revision or "main", folder.strip("/"), "features"]
    return "/".join(part for part in parts if part)


def neuronpedia_source(
    model: str, transcoder_set: str, layer: int, sets: Sequence[TranscoderSet]
) -> tuple[str, str] | None:
    """Neuronpedia's model and source of a layer of a set; None where no table says them: they are never guessed."""
    one = set_of(model, transcoder_set, sets)
    return None if one is None else one.source(layer)


def set_of(model: str, transcoder_set: str, sets: Sequence[TranscoderSet]) -> TranscoderSet | None:
    """The set that a model's graphs call so; None: no table has it."""
    return next((one for one in sets if one.model == model and transcoder_set in one.names), None)


def stored_name(model: str, transcoder_set: str, sets: Sequence[TranscoderSet]) -> str:
    """The name under which a model's set is stored."""
    one = set_of(model, transcoder_set, sets)
    return transcoder_set if one is None else one.names[0]
