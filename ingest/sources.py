"""Where a model's and a transcoder set's weights come from, and which they are now. Imports neither torch nor
huggingface_hub.

A source is a folder, or a repository of the Hugging Face hub as circuit-tracer's loaders take it: `owner/name`,
`owner/name//folder`, `owner/name/folder`, each perhaps with `@revision`, and the short names `gemma` and `llama`. What
was fetched from the hub lies in its cache:

    HF_HUB_CACHE/models--owner--name/refs/REVISION            the commit that a branch or tag was, when last asked
                                     snapshots/COMMIT/…       its files
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ingest.names import SHORT

MAIN = "main"
CONFIG, SET_CONFIG = "config.json", "config.yaml"
"""What describes a model, and a transcoder set."""
DIGESTED = (".safetensors", ".npz", ".json", ".yaml")
"""Files that a folder's revision is made from."""


class HubSource(NamedTuple):
    repository: str
    folder: str
    """Inside the repository; empty: its top."""
    revision: str

    @classmethod
    def read(cls, source: str) -> "HubSource":
        place, _, revision = SHORT.get(source, source).removeprefix("hf://").partition("@")
        parts = [part for part in place.split("/") if part]
        return cls("/".join(parts[:2]), "/".join(parts[2:]), revision or MAIN)

    def __str__(self) -> str:
        place = f"{self.repository}//{self.folder}" if self.folder else self.repository
        return place if self.revision == MAIN else f"{place}@{self.revision}"

    @property
    def cache(self) -> Path:
        return hub_cache() / f"models--{self.repository.replace('/', '--')}"

    def commit(self) -> str | None:
        """The commit that was fetched last for the revision; None: none."""
        if re.fullmatch(r"[0-9a-f]{40}", self.revision):
            return self.revision
        try:
            return (self.cache / "refs" / self.revision).read_text().strip() or None
        except OSError:
            return None

    def snapshot(self) -> Path | None:
        """The folder of the files of that commit; None where nothing of it was fetched."""
        commit = self.commit()
        folder = None if commit is None else self.cache / "snapshots" / commit
        return folder if folder is not None and folder.is_dir() else None


def hub_cache() -> Path:
    """The folder in which huggingface_hub keeps repositories."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    given = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    return Path(given or Path(os.environ.get("HF_HOME") or home) / "hub").expanduser()


def kept_set(source: str) -> Path | None:
    """The folder of a transcoder set that circuit-tracer's `save_transcoders_to_cache` left, which its loaders prefer
    to the hub; None: there is none."""
    cache = Path(os.environ.get("CIRCUIT_TRACER_CACHE_DIR") or "~/.cache/circuit_tracer").expanduser()
    folder = cache / SHORT.get(source, source).removeprefix("hf://")
    return folder if (folder / SET_CONFIG).is_file() else None


def folder_of(source: str) -> Path | None:
    """The folder of a source that needs no hub; None: it is a hub's."""
    return Path(source) if Path(source).is_dir() else kept_set(source)


def needs_hub(source: str) -> bool:
    """Whether a transcoder set, or a file that it names, may have to be fetched."""
    folder = folder_of(source)
    return folder is None or any(_named(folder))


def revision(source: str) -> str:
    """The revision of the weights: a digest of a folder's files; of a hub's the commit in its cache, or the revision
    that the source names where nothing was fetched yet."""
    folder = folder_of(source)
    if folder is None:
        hub = HubSource.read(source)
        return hub.commit() or hub.revision
    digest = hashlib.sha256()
    for file in _digested(folder):
        digest.update(file.name.encode())
        with file.open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:16]


def fingerprint(*sources: str) -> str:
    """What the sources are now, without reading their weights: 32 hexadecimal digits. It changes where a `revision`
    does, where a file that a set names in another repository does, and where a file was only touched."""
    parts = [[source, *_state(source)] for source in sources]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def _state(source: str) -> Iterator[str]:
    folder = folder_of(source)
    if folder is None:
        yield revision(source)
        snapshot = HubSource.read(source).snapshot()
        folder = snapshot and snapshot / HubSource.read(source).folder
    else:
        for file in _digested(folder):
            about = file.stat()
            yield f"{file.name} {about.st_size} {about.st_mtime_ns}"
    for hub in sorted(set(_named(folder)) if folder is not None else ()):
        yield f"{hub.repository} {hub.commit() or hub.revision}"


def _named(folder: Path) -> Iterator[HubSource]:
    """The repositories whose files a set's configuration names."""
    try:
        text = (folder / SET_CONFIG).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for place, revision in re.findall(r"hf://([^\s'\",\]?]+)(?:\?revision=([^\s'\",\]]+))?", text):
        yield HubSource.read(place)._replace(folder="", revision=revision or MAIN)


def _digested(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.iterdir()) if file.suffix in DIGESTED]


def context_length(source: str) -> int | None:
    """What the config.json of a model on this machine says; None where there is none or it does not say."""
    folder = Path(source) if Path(source).is_dir() else HubSource.read(source).snapshot()
    try:
        config = json.loads((folder / CONFIG).read_bytes()) if folder else {}
        limit = config.get("text_config", config).get("max_position_embeddings")
    except (OSError, ValueError, AttributeError):
        return None
    return limit if isinstance(limit, int) and limit > 0 else None
