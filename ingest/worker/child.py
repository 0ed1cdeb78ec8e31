"""The tracing process, `python -m ingest.worker.child`: it answers `ingest.worker.requests` on its stdin and stdout.

Only this process imports torch, and only for a prompt. It keeps the last model loaded between requests, and dies with
the process that started it.
"""

import gc
import logging
import os
import sys
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TextIO

from ingest.traces.file import read_trace, write_trace
from ingest.worker import tasks as whole
from ingest.worker.requests import (
    REQUEST,
    Event,
    Failed,
    Finished,
    ImportRequest,
    Progress,
    PruneRequest,
    RankRequest,
    Request,
    TraceRequest,
)
from ingest.worker.tasks import timed
from queries.errors import CircuitExplorerError
from queries.graph.records import Phase
from queries.process import live_with_parent

if TYPE_CHECKING:
    from ingest.attribution.attribution import LoadedModel

log = logging.getLogger(__name__)

OUT_OF_MEMORY = (
    "The model ran out of memory: ask for fewer feature nodes (max_feature_nodes) or a smaller batch_size."
)


def main() -> None:
    live_with_parent()
    events = claim_stdout()
    requests: SimpleQueue[bytes] = SimpleQueue()
    Thread(target=_listen, args=(requests,), daemon=True).start()
    worker = Worker(events)
    while True:
        event = worker.answer(REQUEST.validate_json(requests.get()))
        worker.send(event)
        if isinstance(event, Failed) and event.ends:
            os._exit(0)


def claim_stdout() -> TextIO:
    """The stdout this process was given; what else is printed goes to stderr from now on."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


def _listen(requests: "SimpleQueue[bytes]") -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)  # the parent is gone; not sys.exit, which would wait for a trace to end


class Worker:
    def __init__(self, events: TextIO) -> None:
        self._events = events
        self._loaded: LoadedModel | None = None

    def send(self, event: Event) -> None:
        self._events.write(event.model_dump_json() + "\n")
        self._events.flush()

    def answer(self, request: Request) -> Event:
        """Do what is asked for. After an error nobody foresaw the model's hooks or memory may be in any
        state, so the process is to end."""
        try:
            match request:
                case TraceRequest():
                    timings = self._trace(request)
                case PruneRequest():
                    timings = self._prune(request)
                case RankRequest():
                    timings = whole.rank_trace(request)
                case ImportRequest():
                    timings = whole.import_file(request)
            return Finished(timings=timings)
        except CircuitExplorerError as error:
            return Failed(error=type(error).__name__, detail=str(error), values=vars(error), ends=False)
        except Exception as error:
            log.exception("The trace failed.")
            why = OUT_OF_MEMORY if _out_of_memory(error) else f"{type(error).__name__}: {error}"
            return Failed(error="TraceFailed", detail=why, values={"why": why}, ends=True)

    def _trace(self, request: TraceRequest) -> dict[str, float]:
        timings: dict[str, float] = {}
        self.send(Progress(phase=Phase.TRACE, done=0, total=0))
        with timed(timings, "model"):
            from ingest.attribution.attribution import trace  # seconds, of importing torch

            loaded = self._load(request)

        def on_progress(done: int, total: int) -> None:
            self.send(Progress(phase=Phase.TRACE, done=done, total=total))

        with timed(timings, "trace"):
            traced = trace(loaded, request.prompt, request.parameters, on_progress)
        request.output.parent.mkdir(parents=True, exist_ok=True)
        self.send(Progress(phase=Phase.PRUNE, done=0, total=2))
        with timed(timings, "keep"):
            write_trace(request.trace, traced)
        self.send(Progress(phase=Phase.PRUNE, done=1, total=2))
        whole.write_pruned(request.output, traced, request.parameters, timings)
        self.send(Progress(phase=Phase.PRUNE, done=2, total=2))
        return timings

    def _prune(self, request: PruneRequest) -> dict[str, float]:
        timings: dict[str, float] = {}
        self.send(Progress(phase=Phase.PRUNE, done=0, total=2))
        with timed(timings, "read"):
            trace = read_trace(request.trace)
        self.send(Progress(phase=Phase.PRUNE, done=1, total=2))
        request.output.parent.mkdir(parents=True, exist_ok=True)
        whole.write_pruned(request.output, trace, request.thresholds, timings)
        self.send(Progress(phase=Phase.PRUNE, done=2, total=2))
        return timings

    def _load(self, request: TraceRequest) -> "LoadedModel":
        from ingest.attribution.attribution import load_model

        loaded = self._loaded
        if loaded is None or (loaded.entry, loaded.transcoders) != (request.entry, request.transcoders):
            self._loaded = loaded = None
            gc.collect()  # two models at a time may not fit
            self._loaded = loaded = load_model(request.entry, request.transcoders)
        return loaded


def _out_of_memory(error: Exception) -> bool:
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"  # torch's, on a GPU
        or "can't allocate memory" in str(error)  # torch's, on a CPU
    )


if __name__ == "__main__":
    main()
