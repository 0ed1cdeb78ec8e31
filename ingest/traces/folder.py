"""The kept traces: a file for each, named by its id."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ingest.traces.kept import TRACE, KeptFiles
from queries.errors import TraceNotKept


class TraceFolder:
    """`place` and `limit`: as of `KeptFiles`. `stored`: the ids of the traces that stored graphs were pruned from,
    called again for each change.

    Every method raises TracesUnavailable where the place cannot be used.
    """

    def __init__(self, place: str, stored: Callable[[], set[str]], limit: int | None = None) -> None:
        self.files = KeptFiles(place, limit)
        self._stored = stored

    def check(self, graph_id: str, trace_id: str | None) -> None:
        """Raises TraceNotKept where the folder lacks the trace that a graph was pruned from."""
        if trace_id is None:
            raise TraceNotKept(graph_id, "it was imported as it is, or traced by an older version")
        try:
            self.files.check(_name(trace_id))
        except FileNotFoundError:
            why = "its file was made elsewhere, went with the last graph pruned from it, or "
            raise TraceNotKept(graph_id, why + self.files.why_dropped) from None

    def fetch(self, graph_id: str, trace_id: str | None, into: Path) -> Path:
        """The file of the trace that a graph was pruned from: where the folder is on this machine the file itself, else
        a copy at `into`.

        Raises TraceNotKept.
        """
        self.check(graph_id, trace_id)
        assert trace_id is not None
        return self.files.fetch(_name(trace_id), into)

    def keep(self, trace_id: str, written: Path) -> None:
        """Move the file `written` into the folder, completely or not at all. To be called once a graph of the trace is
        stored: where that graph was deleted meanwhile, the file is not kept."""
        with self.files.changing:
            if trace_id in self._stored():
                self.files.move_in(_name(trace_id), written)

    def drop(self, trace_id: str) -> None:
        """Remove a file, unless a stored graph was pruned from it."""
        with self.files.changing:
            if trace_id not in self._stored():
                with suppress(FileNotFoundError):
                    self.files.remove(_name(trace_id))


def _name(trace_id: str) -> str:
    return f"{trace_id}{TRACE}"
