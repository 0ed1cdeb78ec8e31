"""The models a server knows: the bundled demo model, then what `models.toml` in the data folder lists, or the file that
CIRCUIT_EXPLORER_MODELS names. docs/models.md describes the file.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, ValidationError

from ingest.names import is_url
from ingest.sources import context_length, fingerprint
from queries.errors import CircuitExplorerError, UnknownModel, UnknownTranscoders, WorkerUnavailable
from queries.graph.records import ModelParameters, Record
from queries.words import DEVICE, Dtype, Offload

FILE = "models.toml"
VARIABLE = "CIRCUIT_EXPLORER_MODELS"
"""The environment variable for a file elsewhere: servers and workers with data folders of their own share it."""
DEMO = Path(__file__).parent.parent / "demo"

EXAMPLES = (
    "Fact: The capital of the state containing Dallas is",
    "Fact: The capital of the state containing Oakland is",
    'The opposite of "small" is "',
    "Fact: The capital of the country containing Lyon is",
    "The day after Monday is",
)

Backend: TypeAlias = Literal["nnsight", "transformerlens"]
"""circuit-tracer's. Its transformerlens backend knows official model names only."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
"""It stands in addresses (`/api/features/{model}/{set}/…`), so it has no slash."""


class InvalidModelsFile(CircuitExplorerError):
    """`models.toml` cannot be used: `where` names the entry and its field, `why` the fault."""

    def __init__(self, path: Path, where: str, why: str) -> None:
        self.path, self.where, self.why = path, where, why
        super().__init__(f"{path}: {where}: {why}" if where else f"{path}: {why}")


class TranscoderEntry(Record):
    name: Name
    source: str = Field(min_length=1)
    explanations: Path | None = None
    """A JSONL file of explanations in Neuronpedia's shape."""
    features: str | None = Field(None, min_length=1)
    """The folder or URL of its feature files, as circuit-tracer's viewer reads them."""
    lazy_encoder: bool | None = None
    lazy_decoder: bool | None = None
    """Whether weights are read from their files when they are needed, and not kept in memory. None: those from a hub
    are, those of a folder are not."""

    @property
    def is_local(self) -> bool:
        return Path(self.source).is_dir()


class ModelEntry(Record):
    name: Name
    source: str = Field(min_length=1)
    transcoders: tuple[TranscoderEntry, ...] = Field(min_length=1)
    description: str = ""
    examples: tuple[str, ...] = ()
    context_length: int | None = Field(None, ge=1)
    dtype: Dtype = "float32"
    backend: Backend = "nnsight"
    device: str | None = Field(None, pattern=DEVICE)
    """As torch names it; None: a GPU where there is one."""
    offload: Offload = "none"
    default: bool = False

    @property
    def is_local(self) -> bool:
        return Path(self.source).is_dir()

    def for_job(self, asked: ModelParameters) -> "ModelEntry":
        """The entry, loaded as a job asks for it."""
        return self.model_copy(update=asked.model_dump(exclude_none=True))


@dataclass(frozen=True)
class Registry:
    """The models that jobs may name; the first is the default."""

    models: tuple[ModelEntry, ...]

    def find(self, model: str | None, transcoders: str | None) -> tuple[ModelEntry, TranscoderEntry]:
        """The named model and transcoder set; None: the first. Raises UnknownModel, UnknownTranscoders."""
        if not self.models:
            raise WorkerUnavailable(f"This server has no model: list one in {FILE} in its data folder.")
        entry = next((entry for entry in self.models if model in (None, entry.name)), None)
        if entry is None:
            raise UnknownModel(str(model), [entry.name for entry in self.models])
        chosen = next((each for each in entry.transcoders if transcoders in (None, each.name)), None)
        if chosen is None:
            raise UnknownTranscoders(str(transcoders), entry.name, [each.name for each in entry.transcoders])
        return entry, chosen


def sources_fingerprint(entry: ModelEntry, transcoders: TranscoderEntry) -> str:
    """What the weights of a model and a transcoder set are now, without reading them: 32 hexadecimal digits."""
    return fingerprint(entry.source, transcoders.source)


def load_registry(data: Path) -> Registry:
    """The models known to a server on the data folder `data`. Raises InvalidModelsFile."""
    models = [*_demo(), *_listed(Path(os.environ.get(VARIABLE) or data / FILE))]
    models.sort(key=lambda entry: not entry.default)  # stable: the others keep their order
    return Registry(tuple(models))


def _demo() -> list[ModelEntry]:
    """The bundled model; none where its files are missing."""
    model, transcoders = DEMO / "model", DEMO / "transcoders"
    if not (model / "config.json").is_file() or not (transcoders / "config.yaml").is_file():
        return []
    explanations = transcoders / "explanations.jsonl"
    return [
        ModelEntry(
            name="demo",
            source=str(model),
            description="A small language model trained on texts about public facts; runs on any CPU.",
            examples=EXAMPLES,
            context_length=context_length(str(model)),
            transcoders=(
                TranscoderEntry(
                    name="demo-transcoders",
                    source=str(transcoders),
                    explanations=explanations if explanations.is_file() else None,
                ),
            ),
        )
    ]


def _listed(path: Path) -> list[ModelEntry]:
    if not path.is_file():
        return []
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidModelsFile(path, "", f"not TOML: {error}") from error
    tables = content.pop("model", [])
    if content:
        raise InvalidModelsFile(path, next(iter(content)), "only [[model]] entries are known")
    if not isinstance(tables, list):
        raise InvalidModelsFile(path, "model", "write [[model]], with two brackets")
    entries = [_entry(path, number, table) for number, table in enumerate(tables, start=1)]
    taken = [entry.name for entry in _demo()]
    for number, entry in enumerate(entries, start=1):
        if entry.name in taken:
            raise InvalidModelsFile(path, f"model {number}, name", f"{entry.name!r} is taken")
        taken.append(entry.name)
    defaults = [entry.name for entry in entries if entry.default]
    if len(defaults) > 1:
        raise InvalidModelsFile(path, "default", f"only one model can be it, not {' and '.join(defaults)}")
    return entries


def _entry(path: Path, number: int, table: Any) -> ModelEntry:
    where = f"model {number}"
    try:
        entry = ModelEntry.model_validate(table)
    except ValidationError as error:
        fault = error.errors()[0]
        field = " ".join(str(part + 1) if isinstance(part, int) else part for part in fault["loc"])
        raise InvalidModelsFile(path, f"{where}, {field}" if field else where, fault["msg"]) from None
    source = _source(path, f"{where}, source", entry.source)
    sets: list[TranscoderEntry] = []
    for position, each in enumerate(entry.transcoders, start=1):
        place = f"{where}, transcoders {position}"
        if each.name in [other.name for other in sets]:
            raise InvalidModelsFile(path, f"{place}, name", f"{each.name!r} is taken")
        explanations = None
        if each.explanations is not None:
            explanations = (path.parent / each.explanations.expanduser()).resolve()
            if not explanations.is_file():
                raise InvalidModelsFile(path, f"{place}, explanations", f"there is no file {explanations}")
        located = _source(path, f"{place}, source", each.source)
        features = each.features
        if features is not None and not is_url(features):
            folder = (path.parent / Path(features).expanduser()).resolve()
            if not folder.is_dir():
                raise InvalidModelsFile(path, f"{place}, features", f"there is no folder {folder}")
            features = str(folder)
        sets.append(
            each.model_copy(update={"source": located, "explanations": explanations, "features": features})
        )
    return entry.model_copy(
        update={
            "source": source,
            "transcoders": tuple(sets),
            "context_length": entry.context_length or context_length(source),
        }
    )


def _source(path: Path, where: str, source: str) -> str:
    """A folder's whole path, or the hub's id as it was written."""
    folder = path.parent / Path(source).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    if source.startswith(("/", ".", "~")):
        raise InvalidModelsFile(path, where, f"there is no folder {folder}")
    return source
