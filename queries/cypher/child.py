"""The process of a query, `python -m queries.cypher.child`: a request in, the rows out, the next request in.

It speaks `queries.cypher.runner`'s protocol on its stdin and stdout. It ends itself at the time of a query that the
engine does not end, whatever it is doing, and dies with the process that started it.
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Mapping
from typing import BinaryIO

from queries.cypher.answer import MAX_BYTES, CypherQuery, Truncated
from queries.cypher.engine import CypherEngine
from queries.errors import CircuitExplorerError
from queries.process import live_with_parent
from queries.store.address import is_neo4j

GRACE = 0.5
"""Seconds that the engine gets to end a query itself, at its time."""
START_PATIENCE = 30.0
"""Seconds that a start may take on a busy machine."""


def main() -> None:
    _end_in(START_PATIENCE)
    live_with_parent()
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has no file to write
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what else is printed does not belong among the answers
    engine = _open_engine(json.loads(sys.stdin.readline())["url"])
    _end_in(0)
    _say(answers, {"ready": engine.name})
    for line in sys.stdin:
        answer(engine, CypherQuery(**json.loads(line)), answers)


def answer(engine: CypherEngine, request: CypherQuery, answers: BinaryIO) -> None:
    """Write the columns, each row, and how it ended."""
    _end_in(request.timeout + GRACE)
    started, size = time.monotonic(), 0
    truncated: Truncated = None
    end: Mapping[str, object]
    try:
        with engine.result(request) as (columns, rows):
            _say(answers, {"columns": columns})
            for found, row in enumerate(rows):
                line = json.dumps(row, ensure_ascii=False).encode(errors="replace")
                size += len(line)
                truncated = _truncated(found, size, request)
                if truncated:
                    break
                answers.write(line + b"\n")
        end = {"truncated": truncated, "seconds": round(time.monotonic() - started, 4)}
    except CircuitExplorerError as error:
        end = {"error": type(error).__name__, "values": vars(error)}
    except Exception as error:  # nobody foresaw it: the parent raises it, and ends this process
        end = {"fault": f"{type(error).__name__}: {error}"}
    _end_in(0)
    _say(answers, end)


def _truncated(found: int, size: int, request: CypherQuery) -> Truncated:
    if found == request.limit:
        return "rows"
    return "bytes" if size > MAX_BYTES else None


def _open_engine(url: str) -> CypherEngine:
    """The engine that the URL names. Nothing is opened or connected before the first query."""
    if is_neo4j(url):
        # The driver imports these where they are, for values that no query gets here: two thirds of a start.
        for unneeded in ("numpy", "pandas", "pyarrow"):
            sys.modules[unneeded] = None  # type: ignore[assignment]  # what makes an import fail, by its definition
        from queries.cypher.on_neo4j import Neo4jEngine

        return Neo4jEngine(url)

    from queries.cypher.on_ladybug import LadybugEngine

    return LadybugEngine(url)


def _end_in(seconds: float) -> None:
    """Let the kernel end this process then, if it is not told otherwise; 0: tell it otherwise."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _say(answers: BinaryIO, what: Mapping[str, object]) -> None:
    answers.write(json.dumps(what).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
