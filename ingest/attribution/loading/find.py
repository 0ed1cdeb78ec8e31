"""A model's and a transcoder set's files on this machine, fetched where they are not here yet."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from ingest.attribution.loading.hub import fetch
from ingest.attribution.loading.weights import Shapes, shapes
from ingest.models import ModelEntry, TranscoderEntry
from ingest.sources import CONFIG, SET_CONFIG, HubSource, folder_of, revision
from queries.errors import UnsupportedModel, WeightsUnavailable

MODEL_FILES = (".json", ".model", ".txt", ".jinja", ".tiktoken")
"""The suffixes of a model's files beside its weights."""
SECOND_COPY = "consolidated"
"""The beginning of the names of weights that some repositories hold in a second form."""
HF = "hf://"
GEMMA_SCOPE, GEMMA_SCOPE_2 = "gemma-scope", "gemma-scope-2"
"""In the names of repositories whose files circuit-tracer reads in their makers' form: npz files, and others."""


@dataclass(frozen=True)
class FoundModel:
    source: str
    folder: Path
    name: str
    """By which circuit-tracer is to know it: a folder, or the repository's name."""
    revision: str
    config: dict[str, Any]
    """Its config.json."""
    weights: tuple[Shapes, ...]
    """Empty where they are stored otherwise than as safetensors."""

    @property
    def of_text(self) -> dict[str, Any]:
        """The part of the configuration that tells of the language model."""
        part: dict[str, Any] = self.config.get("text_config") or self.config
        return part

    @property
    def architecture(self) -> str:
        return str((self.config.get("architectures") or ["unknown"])[0])


@dataclass(frozen=True)
class FoundSet:
    source: str
    folder: Path
    revision: str
    config: dict[str, Any]
    """Its config.yaml, with whole paths in place of its files' names."""
    files: tuple[Path, ...]
    weights: tuple[Shapes, ...]
    is_hub: bool

    @property
    def is_cross_layer(self) -> bool:
        return bool(self.config["model_kind"] == "cross_layer_transcoder")

    @property
    def in_own_form(self) -> bool:
        """Whether circuit-tracer reads its files in their makers' form, which cannot be read lazily."""
        second = GEMMA_SCOPE_2 in self.config["repo_id"] and "transcoders" in self.config
        return second or any(file.suffix == ".npz" for file in self.files)


def find_model(entry: ModelEntry, official_name: str | None = None) -> FoundModel:
    """The model's files; of a hub's, under the name that a backend knows it by, if that is another one.

    Raises WeightsUnavailable, WeightsTooLarge, UnsupportedModel.
    """
    folder = Path(entry.source)
    if folder.is_dir():
        name, at = entry.source, revision(entry.source)
    else:
        hub = HubSource.read(entry.source)
        hub = hub._replace(repository=official_name or hub.repository)
        if hub.folder:
            raise WeightsUnavailable(
                entry.source, "a model is a whole repository (owner/name@revision), or a folder here"
            )
        folder = fetch(hub, _of_a_model)
        name, at = hub.repository, folder.name
    try:
        config = json.loads((folder / CONFIG).read_bytes())
    except OSError as error:
        raise UnsupportedModel(
            entry.source, f"it has no {CONFIG} that can be read, so it is no model"
        ) from error
    except ValueError as error:
        raise UnsupportedModel(entry.source, f"its {CONFIG} is not JSON: {error}") from error
    if not isinstance(config, dict):
        raise UnsupportedModel(entry.source, f"its {CONFIG} is no JSON object")
    _check_whole(entry.source, folder)
    files = [file for file in sorted(folder.glob("*.safetensors")) if not file.name.startswith(SECOND_COPY)]
    return FoundModel(entry.source, folder, name, at, config, _shapes(entry.source, files))


def _of_a_model(names: Sequence[str]) -> list[str]:
    top = [name for name in names if "/" not in name and not name.startswith(SECOND_COPY)]
    weights = [name for name in top if name.endswith(".safetensors")]
    weights = weights or [name for name in top if name.endswith(".bin")]
    return [*weights, *(name for name in top if name.endswith(MODEL_FILES))] if CONFIG in top else []


def _check_whole(source: str, folder: Path) -> None:
    """Raises WeightsUnavailable where a file that the index of the weights names is missing."""
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        named = set(json.loads(index.read_bytes())["weight_map"].values())
        missing = sorted(name for name in named if not (folder / name).is_file())
        if missing:
            raise WeightsUnavailable(
                source,
                f"{len(missing)} of its files are missing at {folder}, such as {missing[0]}: fetch it again",
            )


def find_set(transcoders: TranscoderEntry) -> FoundSet:
    """The transcoder set's files. Raises WeightsUnavailable, WeightsTooLarge, UnsupportedModel."""
    source, hub = transcoders.source, HubSource.read(transcoders.source)
    folder = folder_of(source)
    is_hub = folder is None
    config_name = f"{hub.folder}/{SET_CONFIG}".lstrip("/")
    if folder is None:
        snapshot = fetch(hub, partial(_both, [config_name]))
        folder = snapshot / hub.folder
        at = snapshot.name
    else:
        folder, at = folder.resolve(), revision(source)
    config = _read_config(source, folder / SET_CONFIG)
    config["repo_id"] = hub.repository if is_hub else config.get("repo_id", "")
    if is_hub:
        config["scan"] = config["scan_name"] = str(hub)  # as circuit-tracer names it
    listed = config.get("transcoders")
    if listed is not None:
        files = _files([str(name) for name in listed], folder)
        config["transcoders"] = [str(file) for file in files]
        if GEMMA_SCOPE not in config["repo_id"] and any(file.suffix == ".npz" for file in files):
            config["repo_id"] = GEMMA_SCOPE  # by which circuit-tracer knows that it has to read npz files
    else:
        config["repo_id"] = ""  # such files are in circuit-tracer's form, whatever the repository's name
        pattern = r"W_(?:enc|dec)_(\d+)\.safetensors" if _is_cross(config) else r"layer_(\d+)\.safetensors"
        if is_hub:
            inside = re.compile(re.escape(f"{hub.folder}/".lstrip("/")) + pattern)
            fetch(hub, lambda names: [name for name in names if inside.fullmatch(name)])
        numbered = [
            (int(match[1]), file) for file in folder.iterdir() if (match := re.fullmatch(pattern, file.name))
        ]
        files = [file for _, file in sorted(numbered)]
        if not _is_cross(config):
            config["transcoders"] = [str(file) for file in files]
    if not files or not all(file.is_file() for file in files):
        missing = next((str(file) for file in files if not file.is_file()), "all of them")
        raise WeightsUnavailable(source, f"files of the set are missing at {folder}: {missing}")
    return FoundSet(source, folder, at, config, tuple(files), _shapes(source, files), is_hub)


def _read_config(source: str, file: Path) -> dict[str, Any]:
    """Raises UnsupportedModel."""
    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnsupportedModel(
            source,
            f"it has no {SET_CONFIG}, so it is no transcoder set of circuit-tracer; name the folder that has",
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnsupportedModel(source, f"its {SET_CONFIG} is not YAML") from error
    needed = ("model_kind", "feature_input_hook", "feature_output_hook")
    if not isinstance(config, dict) or not set(needed) <= set(config):
        raise UnsupportedModel(source, f"its {SET_CONFIG} must say {', '.join(needed)}")
    if config["model_kind"] not in ("transcoder_set", "cross_layer_transcoder"):
        raise UnsupportedModel(
            source,
            f"its model_kind is {config['model_kind']!r}: circuit-tracer loads transcoder_set and "
            "cross_layer_transcoder",
        )
    return with_both_names({"scan": source, **config} if "scan_name" not in config else config)


def with_both_names(config: dict[str, Any]) -> dict[str, Any]:
    """A transcoder set's config with its name under both keys: in July 2026 circuit-tracer renamed `scan` to
    `scan_name`, and each version reads its own."""
    name = config.get("scan", config.get("scan_name"))
    return config if name is None else {**config, "scan": name, "scan_name": name}


def _is_cross(config: dict[str, Any]) -> bool:
    return bool(config["model_kind"] == "cross_layer_transcoder")


def _files(names: Sequence[str], folder: Path) -> list[Path]:
    """The files that a set's configuration names: beside it, or in repositories, each of which is asked once."""
    wanted: dict[HubSource, list[str]] = {}
    for name in names:
        if name.startswith(HF):
            hub, path = _of_uri(name)
            wanted.setdefault(hub, []).append(path)
    folders = {hub: fetch(hub, partial(_both, paths)) for hub, paths in wanted.items()}

    def place(name: str) -> Path:
        if not name.startswith(HF):
            return folder / name
        hub, path = _of_uri(name)
        return folders[hub] / path

    return [place(name) for name in names]


def _both(wanted: Sequence[str], names: Sequence[str]) -> list[str]:
    return [name for name in names if name in wanted]


def _of_uri(uri: str) -> tuple[HubSource, str]:
    """The repository of hf://owner/name/path?revision=…, and the path."""
    place, _, at = uri.partition("?revision=")
    hub = HubSource.read(place)
    return HubSource(hub.repository, "", at or hub.revision), hub.folder


def _shapes(source: str, files: Sequence[Path]) -> tuple[Shapes, ...]:
    """Raises UnsupportedModel."""
    try:
        return tuple(shapes(file) for file in files)
    except (OSError, ValueError) as error:
        raise UnsupportedModel(source, f"its weights cannot be read: {error}") from error
