"""The folder of kept traces: one file each, named by the trace's id, the oldest dropped where they are too many."""

import logging
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from queries.errors import TraceNotKept

log = logging.getLogger(__name__)

LIMIT = "CIRCUIT_EXPLORER_TRACES_GB"
"""The environment's word on how much the files may take together."""
DEFAULT_LIMIT = 20.0
"""GB. A large trace takes about 0.1."""


class TraceFolder:
    """`stored`: the ids of the traces that stored graphs were pruned from, asked again at each change.
    `limit`: bytes that the files may take together; the newest is kept whatever its size."""

    def __init__(self, folder: Path, stored: Callable[[], set[str]], limit: int | None = None) -> None:
        self._folder, self._stored = folder, stored
        self._changing = Lock()  # a graph may be deleted while another of the same trace is being loaded
        self._limit = int(float(os.environ.get(LIMIT) or DEFAULT_LIMIT) * 1e9) if limit is None else limit

    def path(self, trace_id: str) -> Path:
        """Where the file of a trace is, or would be."""
        return self._folder / f"{trace_id}.trace"

    def find(self, graph_id: str, trace_id: str | None) -> Path:
        """The file that a graph was pruned from. Raises TraceNotKept."""
        if trace_id is None:
            raise TraceNotKept(graph_id, "it was imported as it is, or traced by an older version")
        file = self.path(trace_id)
        if not file.is_file():
            raise TraceNotKept(
                graph_id,
                "its file was made elsewhere, went with the last graph pruned from it, or was dropped as one of the "
                "oldest when all together passed "
                f"{self._limit / 1e9:g} GB ({LIMIT})",
            )
        return file

    def keep(self, trace_id: str, written: Path) -> None:
        """Take over a file that was written on the same disk; whole, or not at all. To be called once a graph of it is
        stored: where that was deleted meanwhile, the file is not kept."""
        with self._changing:
            if trace_id not in self._stored():
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self.path(trace_id)
            written.replace(file)
            for oldest in self._beyond_limit(keep=file):
                log.warning(
                    "The trace %s is dropped: traces together pass %g GB.", oldest.stem, self._limit / 1e9
                )
                oldest.unlink(missing_ok=True)

    def drop(self, trace_id: str) -> None:
        """Remove a file, unless a stored graph was pruned from it."""
        with self._changing:
            if trace_id not in self._stored():
                self.path(trace_id).unlink(missing_ok=True)

    def _beyond_limit(self, keep: Path) -> Iterable[Path]:
        """The oldest files, as many as the limit is passed by."""
        files = []
        for file in self._folder.glob("*.trace"):
            with suppress(FileNotFoundError):  # dropped meanwhile
                files.append((file.stat(), file))
        total = sum(status.st_size for status, _ in files)
        for status, file in sorted(files, key=lambda one: one[0].st_mtime_ns):
            if total <= self._limit:
                return
            if file != keep:
                total -= status.st_size
                yield file
