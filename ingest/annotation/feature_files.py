"""What a transcoder set's own feature files say, in a folder or at a URL: a request a feature, and no words.

The index of a URL is kept in the data folder while the URL says that it is the same: parts that have moved are not read
where they were.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, Protocol

from ingest.annotation.deadline import Deadline
from ingest.annotation.reading import Known, Place, why_unreadable
from ingest.annotation.viewer import (
    BROKEN,
    INDEX,
    MOST_FEATURE,
    MOST_INDEX,
    Index,
    file_of,
    read_file,
    read_part,
)
from ingest.annotation.web import Away, Fault, NotThere, Web
from ingest.names import is_url
from queries.graph.facts import FeatureFacts

KEPT = "feature-files"
ABSENT = (401, 403, 404)
"""What hosts answer for a file that they do not have, the first two where they list nothing for strangers."""
MAX_FAULTS = 3
"""Features in a row that cannot be read, after which no others are asked for."""
MAX_ABSENT = 20
"""Features that have no file of their own, where none had one, after which no others are asked for."""


class FilesAt(NamedTuple):
    base: str
    """The folder or URL."""
    is_named: bool
    """Whether an operator says so; else it is where circuit-tracer's viewer looks, and there may be nothing."""


def kept_at(base: str, layer: int, index: int) -> Place:
    """The place in the cache of what such files say of a feature: no source of Neuronpedia's is named so."""
    return Place(base, str(layer), index)


class _Source(Protocol):
    """All methods raise NotThere, Fault, Away, OutOfTime."""

    def index(self) -> bytes:
        """Raises OSError, too, where it cannot be kept."""

    def read(self, name: str, most: int, part: range | None = None) -> bytes:
        """The content of a file of so many bytes at most, or that part of it."""

    def close(self) -> None: ...


class FeatureFiles:
    """`problems` are sentences on what cannot be used."""

    def __init__(self, at: FilesAt, data: Path, deadline: Deadline) -> None:
        self._at, self._deadline = at, deadline
        self._source: _Source = (
            _Address(at.base, data, deadline) if is_url(at.base) else _Folder(Path(at.base))
        )
        self.problems: list[str] = []

    def read(self, features: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Known]]:
        """What is said of each feature (layer, index), as answers come; `Known()` where the files do not have it. A
        feature of which nothing usable was said is left out.

        Raises OutOfTime, and OSError where the index cannot be kept.
        """
        try:
            yield from self._read(features)
        except (Away, Fault) as why:
            self.problems.append(f"The feature files at {self._at.base} cannot be used: {why}.")
        finally:
            self._source.close()

    def _read(self, features: Iterable[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Known]]:
        index = self._index()
        if index is None and not self._at.is_named:  # the viewer looks for single files elsewhere
            for feature in features:
                yield feature, Known()
            return
        is_any, absent, n_faults = index is not None, list[tuple[int, int]](), 0
        for feature in features:
            self._deadline.check()
            try:
                facts = self._facts(index, *feature)
            except Fault as fault:
                n_faults += 1
                if n_faults >= MAX_FAULTS:
                    raise
                self.problems.append(f"{self._at.base}: {fault}.")
                continue
            n_faults = 0
            if facts is None and not is_any:
                absent.append(feature)
                if len(absent) >= MAX_ABSENT:
                    raise Away(f"there is neither {INDEX} nor {file_of(*absent[0])} or the like")
                continue
            is_any = True
            yield feature, Known(facts=facts)
        for feature in absent:
            yield feature, Known()

    def _facts(self, index: Index | None, layer: int, number: int) -> FeatureFacts | None:
        """None: the files do not have the feature. Raises Fault, Away, OutOfTime."""
        now, name = datetime.now(UTC), file_of(layer, number)
        try:
            if index is None:
                return read_file(self._source.read(name, MOST_FEATURE), now)
            part = index.part(layer, number)
            if part is None or not part.bytes:
                return None
            name = part.file
            return read_part(self._source.read(name, MOST_FEATURE, part.bytes), now)
        except NotThere:
            if index is None:
                return None
            raise Fault(f"{name}, which {INDEX} names, is not there") from None
        except BROKEN as error:
            raise Fault(f"{name}, feature {number} of layer {layer}: {why_unreadable(error)}") from error

    def _index(self) -> Index | None:
        """None: there is none. Raises Fault, Away, OutOfTime, OSError."""
        try:
            return Index(self._source.index())
        except NotThere:
            return None
        except BROKEN as error:
            raise Fault(f"{INDEX}: {why_unreadable(error)}") from error


class _Address:
    def __init__(self, url: str, data: Path, deadline: Deadline) -> None:
        self._web = Web(url, None, deadline, absent=ABSENT)
        self._kept = data / KEPT / sha256(url.encode()).hexdigest()[:16]

    def index(self) -> bytes:
        kept, tag = self._kept / INDEX, self._kept / "tag"
        known = tag.read_text() if tag.exists() else None
        found = self._web.read_changed("/" + INDEX, MOST_INDEX, known)
        if found is None:
            return kept.read_bytes()
        content, new = found
        if new is not None:  # without one, nothing says whether it is the same
            self._kept.mkdir(parents=True, exist_ok=True)
            tag.unlink(missing_ok=True)
            kept.write_bytes(content)
            tag.write_text(new)
        return content

    def read(self, name: str, most: int, part: range | None = None) -> bytes:
        return self._web.read("/" + name, most, part)

    def close(self) -> None:
        self._web.close()


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def index(self) -> bytes:
        if not self._folder.is_dir():
            raise Away("there is no such folder")
        return self.read(INDEX, MOST_INDEX)

    def read(self, name: str, most: int, part: range | None = None) -> bytes:
        try:
            with (self._folder / name).open("rb") as file:
                if part is not None:
                    file.seek(part.start)
                    return file.read(len(part))
                content = file.read(most + 1)
        except FileNotFoundError as error:
            raise NotThere(name) from error
        except OSError as error:
            raise Fault(f"{name} cannot be read: {error.strerror}") from error
        if len(content) > most:
            raise Fault(f"{name} has more than {most:,} bytes")
        return content

    def close(self) -> None:
        pass
