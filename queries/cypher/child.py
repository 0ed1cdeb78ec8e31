"""The process of a query, `python -m queries.cypher.child`: a request in, the rows out, the next request in.

It speaks `queries.cypher.runner`'s protocol on its stdin and stdout. The kernel ends it where the engine does not end
a query in time, and where the process that started it ends.
"""

import json
import resource
import signal
import sys
import time
from collections.abc import Mapping
from typing import BinaryIO

from queries.cypher.answer import MAX_BYTES, CypherQuery, Truncated
from queries.cypher.engine import CypherEngine
from queries.errors import CircuitExplorerError, to_json
from queries.process import claim_stdout, live_with_parent, write_line
from queries.store.address import is_neo4j

GRACE = 0.5
"""Seconds after a query's timeout in which the engine may end it itself."""
START_PATIENCE = 30.0
"""Seconds that a start may take on a busy machine."""


def main() -> None:
    _set_alarm(START_PATIENCE)
    live_with_parent()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has no file to write
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = claim_stdout()
    engine = _open_engine(json.loads(sys.stdin.readline())["url"])
    _set_alarm(0)
    _write(answers, {"ready": engine.name})
    for line in sys.stdin:
        answer(engine, CypherQuery(**json.loads(line)), answers)


def answer(engine: CypherEngine, request: CypherQuery, answers: BinaryIO) -> None:
    """Write the columns, each row, and the end of the answer."""
    _set_alarm(request.timeout + GRACE)
    started, size = time.monotonic(), 0
    truncated: Truncated = None
    end: Mapping[str, object]
    try:
        with engine.result(request) as (columns, rows):
            _write(answers, {"columns": columns})
            for found, row in enumerate(rows):
                line = json.dumps(row, ensure_ascii=False).encode(errors="replace")
                size += len(line)
                truncated = _truncated(found, size, request)
                if truncated:
                    break
                answers.write(line + b"\n")
        end = {"truncated": truncated, "seconds": round(time.monotonic() - started, 4)}
    except CircuitExplorerError as error:
        end = to_json(error)
    except Exception as error:  # unforeseen: the parent raises it, and ends this process
        end = {"fault": f"{type(error).__name__}: {error}"}
    _set_alarm(0)
    _write(answers, end)


def _truncated(found: int, size: int, request: CypherQuery) -> Truncated:
    if found == request.limit:
        return "rows"
    return "bytes" if size > MAX_BYTES else None


def _open_engine(url: str) -> CypherEngine:
    """The URL's engine. It opens or connects to the database with the first query."""
    if is_neo4j(url):
        # The driver imports these where they are installed, for values that no query has here: two thirds of a start.
        for unneeded in ("numpy", "pandas", "pyarrow"):
            sys.modules[unneeded] = None  # type: ignore[assignment]  # None makes the import fail
        from queries.cypher.on_neo4j import Neo4jEngine

        return Neo4jEngine(url)

    from queries.cypher.on_ladybug import LadybugEngine

    return LadybugEngine(url)


def _set_alarm(seconds: float) -> None:
    """Let the kernel end this process after so many seconds; 0 cancels that."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _write(answers: BinaryIO, message: Mapping[str, object]) -> None:
    write_line(answers, json.dumps(message).encode())


if __name__ == "__main__":
    main()
