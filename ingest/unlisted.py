"""Models and transcoder sets that no file lists: a command names them by their sources, and knows them while it runs.

Their names are made from the sources, since names stand in addresses and in ids: of a hub's model the end of the
repository's name, of a hub's set the whole (`owner--name`, or what Neuronpedia's table calls it), of a folder its own
name and six digits of its path, so that no two sets share the names of their features.
"""

import hashlib
import json
import re
from pathlib import Path

from ingest.models import Backend, ModelEntry, Registry, TranscoderEntry
from ingest.names import KNOWN
from ingest.sources import HubSource, context_length
from queries.errors import InvalidRequest, UnknownTranscoders
from queries.graph.records import Record


class Unlisted(Record):
    """What a command says of a model and its transcoders. Either is a source, or a name of the list; None: the
    list's first."""

    model: str | None
    transcoders: str | None
    backend: Backend = "nnsight"
    lazy_encoder: bool | None = None
    lazy_decoder: bool | None = None


def with_unlisted(listed: Registry, asked: Unlisted) -> tuple[Registry, ModelEntry, TranscoderEntry]:
    """The list with the model and the set that are asked for, and these. A source that the list has is the listed one.

    Raises UnknownModel, UnknownTranscoders, InvalidRequest.
    """
    known = _model(listed, asked)
    transcoders = _set(known, asked)
    sets = {each.name: each for each in (known.transcoders if known else ())} | {
        transcoders.name: transcoders
    }
    if known is None:
        source = _source("model", str(asked.model))
        entry = ModelEntry(
            name=_model_name(source),
            source=source,
            backend=asked.backend,
            transcoders=tuple(sets.values()),
            context_length=context_length(source),
        )
        if entry.name in [each.name for each in listed.models]:
            raise InvalidRequest(
                "model",
                f"a listed model of another source is called {entry.name!r}: list this one under another name",
            )
    else:
        entry = known.model_copy(update={"transcoders": tuple(sets.values())})
    others = [each for each in listed.models if each.name != entry.name]
    return Registry((entry, *others)), entry, transcoders


def models_toml(entry: ModelEntry, transcoders: TranscoderEntry) -> str:
    """What lists the model with the set in models.toml."""
    lines = ["[[model]]"]
    for each, fields in ((entry, ("name", "source", "backend")), (transcoders, ("name", "source"))):
        lines += [f"{name} = {json.dumps(getattr(each, name), ensure_ascii=False)}" for name in fields]
        lines += ["[[model.transcoders]]"] if each is entry else []
    for name in ("lazy_encoder", "lazy_decoder"):
        if getattr(transcoders, name) is not None:
            lines.append(f"{name} = {json.dumps(getattr(transcoders, name))}")
    return "\n".join(lines)


def is_source(name: str | None) -> bool:
    """Whether it is a folder or a repository; a name has no slash."""
    return name is not None and "/" in name


def _model(listed: Registry, asked: Unlisted) -> ModelEntry | None:
    """The listed model that is meant; None: it is not listed."""
    if not is_source(asked.model):
        return listed.find(asked.model, None)[0]
    source = _source("model", str(asked.model))
    return next((each for each in listed.models if each.source == source), None)


def _set(known: ModelEntry | None, asked: Unlisted) -> TranscoderEntry:
    named = asked.transcoders
    listed = known.transcoders if known else ()
    if not is_source(named):
        for each in listed:
            if named in (None, each.name):
                return each
        if named is None:
            raise InvalidRequest("transcoders", "a model that is not listed needs a transcoder set beside it")
        if known is not None:
            raise UnknownTranscoders(named, known.name, [each.name for each in listed])
    source = _source("transcoders", str(named))
    for each in listed:
        if each.source == source:
            return each
    return TranscoderEntry(
        name=_set_name(source),
        source=source,
        lazy_encoder=asked.lazy_encoder,
        lazy_decoder=asked.lazy_decoder,
    )


def _source(parameter: str, given: str) -> str:
    """A folder's whole path, or a hub's name as it is written. Raises InvalidRequest."""
    folder = Path(given).expanduser()
    if folder.is_dir():
        return str(folder.resolve())
    if given.startswith(("/", ".", "~")):
        raise InvalidRequest(parameter, f"there is no folder {folder}")
    return given


def _model_name(source: str) -> str:
    if Path(source).is_dir():
        return _folder_name(Path(source))
    return _plain(HubSource.read(source).repository.rpartition("/")[2])


def _set_name(source: str) -> str:
    if Path(source).is_dir():
        return _folder_name(Path(source))
    hub = HubSource.read(source)
    for each in KNOWN:
        if each.scan == hub.repository and not hub.folder:
            return next(name for name in each.names if "/" not in name)
    return _plain("--".join(filter(None, (*hub.repository.split("/"), *hub.folder.split("/")))))


def _folder_name(folder: Path) -> str:
    return _plain(f"{folder.name[:80]}-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}")


def _plain(name: str) -> str:
    """With nothing that a name may not have."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name).lstrip("._-")[:100] or "unnamed"
