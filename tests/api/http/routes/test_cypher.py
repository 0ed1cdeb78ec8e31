"""Cypher queries over HTTP and from the command line, on a running server."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from select import select
from socket import socket
from typing import Any

import pytest
import requests

from queries.cypher import runner
from tests.support.patience import AMPLE, LIMIT, PATIENCE, PROMPTLY, has_ended, soon
from tests.support.processes import (
    ROOT,
    answer,
    children,
    environment,
    failure,
    run,
    serving,
    url,
    write_graph,
)

pytestmark = pytest.mark.slow

BOMB = "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b UNWIND range(1, 100) AS c RETURN sum(a * b * c)"
LONGEST = 60
"""The longest time limit that a query may have."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a running server that holds the graph of `write_graph`."""
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, "--no-examples"):
        answer("import", write_graph(folder / "tiny.json"), data=folder)
        yield folder


def post(data: Path, query: str, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
    body = {"query": query, "timeout": AMPLE, **fields}
    return requests.post(f"{url(data)}/api/cypher", json=body, headers=headers, timeout=PATIENCE)


def runners(data: Path) -> set[int]:
    """The processes in which the server runs queries."""
    return children(data, "queries.cypher.child")


def read(pid: int, file: str) -> bytes:
    """What the kernel says of a process; nothing where it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/{file}").read_bytes()
    return b""


def busy(data: Path) -> set[int]:
    """The processes that have worked for longer than a start takes: their queries are under way."""
    times = {pid: read(pid, "stat").rpartition(b")")[2].split()[11:13] for pid in runners(data)}
    return {pid for pid, ticks in times.items() if sum(map(int, ticks)) > 1.5 * os.sysconf("SC_CLK_TCK")}


@contextmanager
def bomb(data: Path) -> Iterator[socket]:
    """A client that waits for the bomb's answer, and leaves at the end. None comes for as long as a query may run."""
    client = HTTPConnection(url(data).removeprefix("http://"))
    body = json.dumps({"query": BOMB, "timeout": LONGEST})
    client.request("POST", "/api/cypher", body, {"Content-Type": "application/json"})
    try:
        yield client.sock
    finally:
        client.close()


def test_an_answer_has_columns_and_typed_rows(data: Path) -> None:
    found = post(
        data, "MATCH (a:EmbeddingNode)-[r:DIRECT_EFFECT]->(f:FeatureNode) RETURN f, r.weight AS weight"
    )
    assert found.status_code == 200
    body = found.json()
    assert set(body) == {"columns", "rows", "truncated", "seconds", "engine"}
    assert (body["columns"], body["truncated"], body["engine"]) == (["f", "weight"], None, "ladybug")
    [[feature, weight]] = body["rows"]
    assert (feature["type"], feature["labels"], weight) == ("node", ["FeatureNode"], 1.5)
    assert feature["properties"]["label"] == "Texas"
    assert "X-Truncated" not in found.headers


def test_rows_come_as_csv_where_asked_for(data: Path) -> None:
    query = "UNWIND ['a,b', 'c\"d'] AS x RETURN x, [1] AS l, NULL AS n"
    found = post(data, query, headers={"Accept": "text/csv"}, limit=1)
    assert found.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert found.headers["X-Truncated"] == "rows"
    assert list(csv.reader(io.StringIO(found.text))) == [["x", "l", "n"], ["a,b", "[1]", ""]]
    both = post(data, query, headers={"Accept": "application/json, text/csv"})
    assert [row[0] for row in both.json()["rows"]] == ["a,b", 'c"d']


@pytest.mark.parametrize(
    ("query", "status", "error", "says"),
    [
        ("RETURN 1 +", 400, "InvalidQuery", "RETURN 1 +"),
        ("MATCH (n) DETACH DELETE n", 403, "QueryRefused", "it writes"),
        ("LOAD FROM '/etc/passwd' RETURN *", 403, "QueryRefused", "LOAD"),
        ("RETURN 1; RETURN 2", 403, "QueryRefused", "several statements"),
        (BOMB, 408, "QueryTimeout", f"{LIMIT:g} second"),
        ("RETURN size(range(1, 400000000))", 413, "QueryTooLarge", "memory"),
    ],
)
def test_each_refusal_says_why(data: Path, query: str, status: int, error: str, says: str) -> None:
    found = post(data, query, timeout=LIMIT if query == BOMB else AMPLE)
    assert (found.status_code, found.json()["error"]) == (status, error)
    assert says in found.json()["detail"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 100_001}, "limit"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": 61}, "timeout"),
        ({"parameters": []}, "parameters"),
        ({"colour": "red"}, "colour"),
        ({"query": "x" * 100_001}, "query"),
    ],
)
def test_a_request_beyond_its_bounds_is_told(data: Path, fields: dict[str, Any], says: str) -> None:
    found = post(data, **{"query": "RETURN 1", **fields})
    assert (found.status_code, found.json()["error"]) == (422, "InvalidRequest")
    assert says in found.json()["detail"]


def test_the_server_answers_others_while_bombs_run(data: Path) -> None:
    with ExitStack() as stack:
        bombs = [stack.enter_context(bomb(data)) for _ in range(runner.AT_ONCE + 1)]
        assert soon(lambda: busy(data))
        for path in ("/api/health", "/api/graphs", "/api/health", "/api/graphs"):
            assert requests.get(url(data) + path, timeout=PATIENCE).status_code == 200
        assert post(data, "RETURN 1", timeout=LIMIT).status_code == 503
        assert select(bombs, [], [], 0)[0] == [], "none was answered before the others were"
    assert post(data, "RETURN 1 AS one").json()["rows"] == [[1]]


def test_a_query_whose_client_leaves_is_ended(data: Path) -> None:
    with bomb(data):
        assert soon(lambda: busy(data))
        ran = busy(data)
    assert soon(lambda: all(map(has_ended, ran))), "the process that ran it is still there"
    assert post(data, "RETURN 1 AS one").json()["rows"] == [[1]]


def test_stopping_the_server_ends_its_queries(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-examples") as server, bomb(tmp_path):
        assert soon(lambda: busy(tmp_path))
        there = runners(tmp_path)
        started = time.monotonic()
        server.terminate()
        _, said = server.communicate(timeout=PATIENCE)
        assert time.monotonic() - started < PROMPTLY
        assert (server.returncode, said) == (0, "")
    assert there and soon(lambda: all(map(has_ended, there)))


def test_the_command_prints_a_table(data: Path) -> None:
    done = run("query", "MATCH (n:LogitNode) RETURN n.token AS token, 1.5 AS x", data=data)
    assert (done.status, done.err) == (0, "")
    assert [line.split() for line in done.out.splitlines()] == [["token", "x"], ["Austin", "1.5"]]


def test_the_command_s_parameters_are_json_or_text(data: Path) -> None:
    query = "RETURN $n + 1 AS n, $t AS t, $l AS l"
    options = ["--parameter", "n=2", "--parameter", "t=a=b", "--parameter", 'l=["x"]', "--format", "json"]
    done = run("query", query, *options, data=data)
    assert json.loads(done.out)["rows"] == [[3, "a=b", ["x"]]]
    assert "NAME=VALUE" in failure("query", query, "--parameter", "n", data=data, status=2)


def test_the_command_says_where_rows_were_cut(data: Path) -> None:
    for form, lines in (("csv", ["x", "1", "2"]), ("table", ["x", "1", "2"])):
        done = run("query", "UNWIND [1, 2, 3] AS x RETURN x", "--limit", "2", "--format", form, data=data)
        assert done.out.split() == lines
        assert "more rows" in done.err


def test_the_command_reads_cypher_from_stdin(data: Path) -> None:
    command = [sys.executable, "-m", "api.cli.main", "query", "-", "--format", "csv", "--data", str(data)]
    done = subprocess.run(
        command, input="RETURN 7 AS x", capture_output=True, text=True, cwd=ROOT, env=environment()
    )
    assert done.stdout.split() == ["x", "7"], done.stderr


def test_the_command_tells_a_refusal_in_one_line(data: Path) -> None:
    assert "it begins with CREATE" in failure("query", "CREATE (n:Feature)", data=data)


def test_what_a_graph_says_cannot_steer_the_terminal(data: Path) -> None:
    done = run("query", "RETURN $t AS t", "--parameter", "t=\x1b[31mred", data=data)
    assert "\x1b" not in done.out and r"\x1b[31mred" in done.out
