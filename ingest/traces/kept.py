"""The files that are kept beside the database: whole traces, and the internals of prompts. The oldest are dropped where
all take too much room.

They are in a folder on this machine or at any URL that fsspec opens: in a bucket, on another machine.
"""

import errno
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING

from queries.errors import CircuitExplorerError, TracesUnavailable
from queries.store.address import shown

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

log = logging.getLogger(__name__)

LIMIT = "CIRCUIT_EXPLORER_TRACES_GB"
"""The environment variable for how much the files may take together."""
DEFAULT_LIMIT = 20.0
"""GB. A large trace takes about 0.1, the internals of a prompt up to 0.2."""
TRACE, INTERNALS, ANSWER = ".trace", ".internals", ".answer"
ENDINGS = (TRACE, INTERNALS, ANSWER)


class KeptFiles:
    """`place`: a folder, or a URL that fsspec opens. `limit`: bytes that the files may take together; the newest is
    kept, whatever its size.

    Files have names of their own (`name`, with one of ENDINGS). Every method raises TracesUnavailable where the place
    cannot be used, and FileNotFoundError where there is no such file.
    """

    def __init__(self, place: str, limit: int | None = None) -> None:
        self._place = place
        self.changing = Lock()
        """Held while it is decided whether a file stays: its graph may be deleted while it is being kept."""
        self._limit = int(float(os.environ.get(LIMIT) or DEFAULT_LIMIT) * 1e9) if limit is None else limit

    @property
    def why_dropped(self) -> str:
        """What may have become of a file that was kept, as a part of a sentence."""
        return f"was dropped as one of the oldest when all together passed {self._limit / 1e9:g} GB ({LIMIT})"

    def check(self, name: str) -> None:
        with self._file_system() as files:
            files.info(self._path(name))

    def fetch(self, name: str, into: Path) -> Path:
        """The file itself where the place is on this machine, else a copy at `into`."""
        with self._file_system() as files:
            if self._is_local:
                return Path(self._path(name))
            into.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(self._path(name), str(into))
            return into

    def open(self, name: str) -> IO[bytes]:
        """The file, to be read in ranges."""
        with self._file_system() as files:
            opened: IO[bytes] = files.open(self._path(name), "rb")
            return opened

    def move_in(self, name: str, written: Path) -> None:
        """Move the file `written` into the place, completely or not at all."""
        with self._file_system(None) as files:
            self._move_in(files, self._path(name), written)

    def remove(self, name: str) -> None:
        with self._file_system() as files:
            files.rm_file(self._path(name))

    def names(self, beginning: str, ending: str) -> list[str]:
        """The files whose names begin and end so."""
        with self._file_system() as files, suppress(FileNotFoundError):
            found = (path.rpartition("/")[2] for path in files.ls(self._root, detail=False))
            return [name for name in found if name.startswith(beginning) and name.endswith(ending)]
        return []

    def open_place(self) -> None:
        """Open the file system. The folder itself need not exist: the first file makes it."""
        with self._file_system():
            pass

    @cached_property
    def _opened(self) -> "tuple[AbstractFileSystem, str]":
        import fsspec

        files, root = fsspec.url_to_fs(self._place)
        return files, root.rstrip("/")

    @property
    def _root(self) -> str:
        return self._opened[1]

    @property
    def _is_local(self) -> bool:
        return "file" in self._opened[0].protocol

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _file_system(self, told: type[OSError] | None = FileNotFoundError) -> "Iterator[AbstractFileSystem]":
        try:
            files, _ = self._opened
            files.invalidate_cache()  # other programs change it too
            yield files
        except CircuitExplorerError:
            raise
        except Exception as error:  # each file system raises its own
            if told is not None and isinstance(error, told):
                raise
            raise TracesUnavailable(shown(self._place), str(error) or type(error).__name__) from error

    def _move_in(self, files: "AbstractFileSystem", path: str, written: Path) -> None:
        part = f"{path}.part"
        files.makedirs(self._root, exist_ok=True)
        try:
            if not (self._is_local and _renamed(written, path)):
                files.put_file(str(written), part)
                files.mv(part, path)
        except BaseException:
            with suppress(Exception):
                files.rm_file(part)
            raise
        for oldest in self._beyond_limit(files, path):
            name = oldest.rpartition("/")[2]
            log.warning("The file %s is dropped: all kept ones together pass %g GB.", name, self._limit / 1e9)
            with suppress(FileNotFoundError):
                files.rm_file(oldest)

    def _beyond_limit(self, files: "AbstractFileSystem", newest: str) -> Iterator[str]:
        """The oldest files, as many as have to go for the others to keep the limit."""
        kept = [one for one in files.ls(self._root, detail=True) if one["name"].endswith(ENDINGS)]
        total = sum(one["size"] for one in kept)
        if total <= self._limit:
            return
        others = [one for one in kept if one["name"] != newest]
        for one in sorted(others, key=lambda one: files.modified(one["name"])):
            if total <= self._limit:
                return
            total -= one["size"]
            yield one["name"]


def _renamed(written: Path, path: str) -> bool:
    """Move a file by one rename: a kill leaves it in one of both places. False where they are on different disks."""
    try:
        written.replace(path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True
