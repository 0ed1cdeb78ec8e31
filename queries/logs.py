"""The log of a server, a worker or a tracing process: as Python writes it, or, with CIRCUIT_EXPLORER_LOG=json, a JSON
object a line that says which job it is about."""

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from queries.errors import InvalidRequest

VARIABLE = "CIRCUIT_EXPLORER_LOG"
"""The environment variable: `json`, or `text`, which is the default."""
OURS = ("api", "ingest", "queries")
"""The loggers whose lines of level INFO are written, too; of libraries only what is a warning or worse."""

_job: ContextVar[dict[str, str]] = ContextVar("job")


@contextmanager
def about_job(job_id: str, kind: str) -> Iterator[None]:
    """Within it, what this thread logs is about a job."""
    before = _job.set({"job": job_id, "kind": kind})
    try:
        yield
    finally:
        _job.reset(before)


class JobNamed(logging.Filter):
    """Notes in a record which job it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.about = _job.get({})
        return True


class JsonLines(logging.Formatter):
    """`time` (UTC), `level`, `logger`, `message`; `job` and `kind` while a job runs; `error`, a traceback, where there
    is one."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def is_json() -> bool:
    """What the environment says. Raises InvalidRequest."""
    asked = os.environ.get(VARIABLE) or "text"
    if asked not in ("json", "text"):
        raise InvalidRequest(VARIABLE, f"it is json or text, not {asked!r}")
    return asked == "json"


def configured(say: Callable[[str], None]) -> Callable[[str], None]:
    """Set up this process's log as the environment says; where its lines for people go: to `say`, or into the log.

    Raises InvalidRequest.
    """
    if not is_json():
        return say
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    handler.addFilter(JobNamed())
    logging.basicConfig(handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    dbos = logging.getLogger("dbos")  # which else gives itself a handler of its own
    dbos.handlers, dbos.propagate = [handler], False
    logging.captureWarnings(True)
    threading.excepthook = _log_end_of_thread
    return logging.getLogger(__name__).info


def _log_end_of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_type is not SystemExit and ended.exc_value is not None:
        name = ended.thread.name if ended.thread else "unknown"
        found = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger(__name__).critical("The thread %s ended unexpectedly.", name, exc_info=found)
