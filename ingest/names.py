"""The names of transcoder sets: one set goes by several, and its features are the same whatever a graph calls it.

`transcoder-sets.toml` in the data folder adds to the sets that are known here:

    [[set]]
    model = "gemma-2-2b"
    names = ["my-transcoders", "me/my-transcoders"]
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


KNOWN = (
    TranscoderSet(
        model="gemma-2-2b",
        names=(
            "gemmascope-transcoder-16k",
            "mntss/gemma-scope-transcoders",
            "mwhanna/gemma-scope-transcoders",
            "gemma",
        ),
    ),
    TranscoderSet(model="gemma-2-2b", names=("mntss/clt-gemma-2-2b-2.5M", "clt-hp")),
    TranscoderSet(model="qwen3-4b", names=("transcoder-hp", "mwhanna/qwen3-4b-transcoders")),
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


def stored_name(model: str, transcoder_set: str, sets: Sequence[TranscoderSet]) -> str:
    """The name under which a model's set is stored."""
    for one in sets:
        if one.model == model and transcoder_set in one.names:
            return one.names[0]
    return transcoder_set
