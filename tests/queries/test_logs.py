"""The log as JSON: an object a line, whatever is logged; the job that it is about."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from queries import logs
from queries.errors import InvalidRequest
from tests.support.processes import ROOT, environment


def written(record: logging.LogRecord) -> dict[str, Any]:
    logs.JobNamed().filter(record)
    line = logs.JsonLines().format(record)
    assert "\n" not in line
    found: dict[str, Any] = json.loads(line)
    return found


def record(message: str, *values: object, **more: Any) -> logging.LogRecord:
    return logging.getLogger("ingest.any").makeRecord(
        "ingest.any", logging.WARNING, "file.py", 1, message, values, more.get("exc_info")
    )


def test_a_line_says_when_how_bad_who_and_what() -> None:
    line = written(record("A graph waits:\n%s → “%d”", "Texas", 3))
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "WARNING", "logger": "ingest.any", "message": "A graph waits:\nTexas → “3”"}


def test_while_a_job_runs_it_is_named() -> None:
    with logs.about_job("0123", "trace"):
        inside = written(record("A job waits to be stored."))
    assert (inside["job"], inside["kind"]) == ("0123", "trace")
    assert "job" not in written(record("Nothing runs."))


def test_a_traceback_is_part_of_its_line() -> None:
    try:
        raise ValueError("Texas")
    except ValueError:
        line = written(record("A job failed.", exc_info=sys.exc_info()))
    assert line["error"].startswith("Traceback") and line["error"].endswith("ValueError: Texas")


def test_the_variable_knows_two_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    for text in ("", "text"):
        monkeypatch.setenv(logs.VARIABLE, text)
        logs.configured(said.append)("to people")
    assert said == ["to people", "to people"]
    monkeypatch.setenv(logs.VARIABLE, "xml")
    with pytest.raises(InvalidRequest, match="xml"):
        logs.configured(said.append)


EVERYTHING = """
import logging, threading, warnings
from queries import logs
logs.configured(print)("to people")
logging.getLogger("api.any").info("ours")
logging.getLogger("library").info("not shown")
logging.getLogger("library").warning("a library's")
logging.getLogger("dbos").warning("of DBOS")
warnings.warn("careful")
thread = threading.Thread(target=lambda: 1 / 0, name="broken")
thread.start()
thread.join()
"""


@pytest.mark.slow
def test_every_line_of_a_process_is_an_object() -> None:
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING],
        env=environment() | {logs.VARIABLE: "json"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    messages = [line["message"] for line in lines]
    assert messages[:4] == ["to people", "ours", "a library's", "of DBOS"]
    assert "careful" in messages[4]
    assert "broken" in messages[5] and "ZeroDivisionError" in lines[5]["error"]
    assert len(lines) == 6
