"""The kept traces: a file for each, named by its id."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from ingest.traces.kept import TRACE, KeptFiles
from queries.errors import InvalidRequest, TraceNotKept

RETENTION = "CIRCUIT_EXPLORER_KEEP_TRACES"
"""The environment variable for how much of a trace is kept."""
Retention: TypeAlias = Literal["whole", "pruned", "none"]
"""All of it; what is left of it when it is cut (`ingest.pruning.cut`); nothing."""


class TraceFolder:
    """`place` and `limit`: as of `KeptFiles`. `stored`: the ids of the traces that stored graphs were pruned from,
    called again for each change. `retention`: how much of a trace is kept; None: as the environment says.

    Raises InvalidRequest where it says something else. Every method raises TracesUnavailable where the place cannot be
    used.
    """

    def __init__(
        self,
        place: str,
        stored: Callable[[], set[str]],
        limit: int | None = None,
        retention: Retention | None = None,
    ) -> None:
        self.files = KeptFiles(place, limit)
        self.retention: Retention = retention or _retention()
        self._stored = stored

    def check(self, graph_id: str, trace_id: str | None) -> None:
        """Raises TraceNotKept where the folder lacks the trace that a graph was pruned from."""
        if trace_id is None:
            raise TraceNotKept(graph_id, "it was imported as it is, or traced by an older version")
        try:
            self.files.check(_name(trace_id))
        except FileNotFoundError:
            if self.retention == "none":
                raise TraceNotKept(graph_id, f"no traces are kept ({RETENTION}=none)") from None
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
        stored: where that graph was deleted meanwhile, or no traces are kept, the file is not kept."""
        if self.retention == "none":
            return
        with self.files.changing:
            if trace_id in self._stored():
                self.files.move_in(_name(trace_id), written)

    def drop(self, trace_id: str) -> None:
        """Remove a file, unless a stored graph was pruned from it."""
        with self.files.changing:
            if trace_id not in self._stored():
                with suppress(FileNotFoundError):
                    self.files.remove(_name(trace_id))


def _retention() -> Retention:
    given = os.environ.get(RETENTION) or "whole"
    known: dict[str, Retention] = {word: word for word in get_args(Retention)}
    if given in known:
        return known[given]
    raise InvalidRequest(RETENTION, f"must be one of {', '.join(known)}, not {given!r}")


def _name(trace_id: str) -> str:
    return f"{trace_id}{TRACE}"
