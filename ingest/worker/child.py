"""The tracing process, `python -m ingest.worker.child`: it answers `ingest.worker.requests` on its stdin and stdout.

Only this process imports torch, and only for a prompt. It keeps the last model loaded between requests, and dies with
the process that started it.
"""

import gc
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, BinaryIO

from ingest.models import ModelEntry, TranscoderEntry
from ingest.worker.requests import REQUEST, Event, Failed, Finished, Progress, Request
from ingest.worker.tasks import TASKS
from queries import logs
from queries.errors import CircuitExplorerError, TraceFailed, to_json
from queries.graph.records import Phase
from queries.process import claim_stdout, live_with_parent, write_line

if TYPE_CHECKING:
    from ingest.attribution.attribution import LoadedModel

log = logging.getLogger(__name__)

NICENESS = 5
"""Of this process: the server on the same machine answers while a trace takes all of its processors. Where nobody else
wants them, a trace loses nothing."""
OUT_OF_MEMORY = (
    "The model ran out of memory: ask for fewer feature nodes (max_feature_nodes), a smaller batch_size, offload to "
    "cpu or disk, or a smaller dtype."
)


def main() -> None:
    live_with_parent()
    _give_way()
    logs.configured(lambda _: None)
    process = TracingProcess(claim_stdout())
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        event = process.answer(REQUEST.validate_json(requests.get()))
        process.send(event)
        if isinstance(event, Failed) and event.ends:
            os._exit(0)


def _give_way() -> None:
    os.nice(NICENESS)
    with suppress(
        OSError
    ):  # between sessions, Linux counts the niceness of their groups, where it has such groups
        Path("/proc/self/autogroup").write_text(str(NICENESS))


def _listen(requests: "SimpleQueue[bytes]") -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)  # the parent has ended; sys.exit would wait for a trace to end


class TracingProcess:
    """This process, as tasks use it (`ingest.worker.tasks.Process`)."""

    def __init__(self, events: BinaryIO) -> None:
        self._events = events
        self._loaded: LoadedModel | None = None

    def send(self, event: Event) -> None:
        write_line(self._events, event.model_dump_json().encode())

    def report(self, phase: Phase, done: int, total: int) -> None:
        self.send(Progress(phase=phase, done=done, total=total))

    def model(self, entry: ModelEntry, transcoders: TranscoderEntry) -> "LoadedModel":
        from ingest.attribution.loading.load import load_model

        # What a trace moves away while it runs makes no other model of it.
        entry, loaded = entry.model_copy(update={"offload": "none"}), self._loaded
        if loaded is None or (loaded.entry, loaded.transcoders) != (entry, transcoders):
            self._loaded = loaded = None
            gc.collect()  # memory may not hold two models
            self._loaded = loaded = load_model(entry, transcoders)
        return loaded

    def answer(self, request: Request) -> Event:
        """Run the request's task. An unforeseen error may leave the model's hooks or memory in any state: the process
        then has to end."""
        try:
            return Finished(timings=TASKS[type(request)](request, self))
        except CircuitExplorerError as error:
            return Failed(**to_json(error), detail=str(error), ends=False)
        except Exception as error:
            log.exception("The trace failed.")
            failure = TraceFailed(
                OUT_OF_MEMORY if _out_of_memory(error) else f"{type(error).__name__}: {error}"
            )
            return Failed(**to_json(failure), detail=str(failure), ends=True)


def _out_of_memory(error: Exception) -> bool:
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"  # torch's, on a GPU
        or "can't allocate memory" in str(error)  # torch's, on a CPU
    )


if __name__ == "__main__":
    main()
