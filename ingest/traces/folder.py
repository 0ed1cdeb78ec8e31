"""The folder of kept traces: a file for each, named by its id. The oldest are dropped where all take too much room.

The folder is on this machine or at any URL that fsspec opens: in a bucket, on another machine.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from queries.errors import CircuitExplorerError, TraceNotKept, TracesUnavailable
from queries.store.address import shown

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

log = logging.getLogger(__name__)

LIMIT = "CIRCUIT_EXPLORER_TRACES_GB"
"""The environment variable for how much the files may take together."""
DEFAULT_LIMIT = 20.0
"""GB. A large trace takes about 0.1."""
ENDING = ".trace"


class TraceFolder:
    """`place`: a folder, or a URL that fsspec opens. `stored`: the ids of the traces that stored graphs were pruned
    from, called again for each change. `limit`: bytes that the files may take together; the newest is kept, whatever
    its size.

    Every method raises TracesUnavailable where the place cannot be used.
    """

    def __init__(self, place: str, stored: Callable[[], set[str]], limit: int | None = None) -> None:
        self._place, self._stored = place, stored
        self._changing = Lock()  # a graph may be deleted while another of the same trace is being loaded
        self._limit = int(float(os.environ.get(LIMIT) or DEFAULT_LIMIT) * 1e9) if limit is None else limit

    def check(self, graph_id: str, trace_id: str | None) -> None:
        """Raises TraceNotKept where the folder lacks the trace that a graph was pruned from."""
        if trace_id is None:
            raise TraceNotKept(graph_id, "it was imported as it is, or traced by an older version")
        with self._file_system() as files:
            try:
                files.info(self._path(trace_id))
            except FileNotFoundError:
                raise TraceNotKept(
                    graph_id,
                    "its file was made elsewhere, went with the last graph pruned from it, or was dropped as one of "
                    f"the oldest when all together passed {self._limit / 1e9:g} GB ({LIMIT})",
                ) from None

    def fetch(self, graph_id: str, trace_id: str | None, into: Path) -> Path:
        """The file of the trace that a graph was pruned from: where the folder is on this machine the file itself, else
        a copy at `into`.

        Raises TraceNotKept.
        """
        self.check(graph_id, trace_id)
        assert trace_id is not None
        with self._file_system() as files:
            if self._is_local:
                return Path(self._path(trace_id))
            into.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(self._path(trace_id), str(into))
            return into

    def keep(self, trace_id: str, written: Path) -> None:
        """Move the file `written` into the folder, completely or not at all. To be called once a graph of the trace is
        stored: where that graph was deleted meanwhile, the file is not kept."""
        with self._changing:
            if trace_id in self._stored():
                with self._file_system() as files:
                    self._move_in(files, self._path(trace_id), written)

    def drop(self, trace_id: str) -> None:
        """Remove a file, unless a stored graph was pruned from it."""
        with self._changing:
            if trace_id not in self._stored():
                with self._file_system() as files, suppress(FileNotFoundError):
                    files.rm_file(self._path(trace_id))

    def open(self) -> None:
        """Open the file system. The folder itself need not exist: the first `keep` makes it."""
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

    def _path(self, trace_id: str) -> str:
        return f"{self._root}/{trace_id}{ENDING}"

    @contextmanager
    def _file_system(self) -> "Iterator[AbstractFileSystem]":
        try:
            files, _ = self._opened
            files.invalidate_cache()  # other programs change it too
            yield files
        except CircuitExplorerError:
            raise
        except Exception as error:  # each file system raises its own
            raise TracesUnavailable(shown(self._place), str(error) or type(error).__name__) from error

    def _move_in(self, files: "AbstractFileSystem", path: str, written: Path) -> None:
        part = f"{path}.part"
        files.makedirs(self._root, exist_ok=True)
        try:
            (files.mv if self._is_local else files.put_file)(str(written), part)
            files.mv(part, path)
        except BaseException:
            with suppress(Exception):
                files.rm_file(part)
            raise
        for oldest in self._beyond_limit(files, path):
            name = oldest.rpartition("/")[2].removesuffix(ENDING)
            log.warning("The trace %s is dropped: traces together pass %g GB.", name, self._limit / 1e9)
            with suppress(FileNotFoundError):
                files.rm_file(oldest)

    def _beyond_limit(self, files: "AbstractFileSystem", newest: str) -> Iterator[str]:
        """The oldest files, as many as have to go for the others to keep the limit."""
        kept = [one for one in files.ls(self._root, detail=True) if one["name"].endswith(ENDING)]
        total = sum(one["size"] for one in kept)
        if total <= self._limit:
            return
        others = [one for one in kept if one["name"] != newest]
        for one in sorted(others, key=lambda one: files.modified(one["name"])):
            if total <= self._limit:
                return
            total -= one["size"]
            yield one["name"]
