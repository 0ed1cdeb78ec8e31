"""Work that ends when its client leaves."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event, Semaphore
from time import sleep
from typing import Any, NoReturn

import pytest
import requests

from api import rankings
from api.client.places import Places
from api.server import open_explorer, private_server
from queries.errors import InvalidRequest
from queries.limits import ClientLeft, Limits
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE, PROMPTLY

IDS = ("one", "two")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server in this process, so that its rankings can be replaced."""
    with open_explorer(Places(tmp_path), run_jobs=False) as explorer:
        for graph_id in IDS:
            explorer.store.load(make_graph("EFL", {(0, 1): 1, (1, 2): 1}, id=graph_id))
    with private_server(Places(tmp_path), None, run_jobs=False) as url:
        yield url


@pytest.mark.parametrize(
    ("path", "ranking"),
    [
        ("graphs/one/paths", "api.explorer.rank"),
        ("graphs/one/flow", "api.http.routes.paths.find_flow"),
        ("compare?graphs=one,two", "queries.paths.compare.compare"),
    ],
)
def test_a_ranking_whose_client_leaves_is_ended(
    url: str, path: str, ranking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = Event(), Event()

    def endless(_: Any, __: Any, limits: Limits) -> NoReturn:
        begun.set()
        try:
            while True:
                limits.check()
                sleep(0.01)
        except ClientLeft:
            ended.set()
            raise

    monkeypatch.setattr(ranking, endless)
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{url}/api/{path}", timeout=1)
    assert begun.is_set()
    assert ended.wait(PATIENCE)
    assert requests.get(f"{url}/api/health", timeout=PATIENCE).status_code == 200


@pytest.mark.parametrize("n_waiting", [100])
def test_health_answers_while_questions_wait(
    url: str, n_waiting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All threads of rankings are blocked for as long as health is asked for."""
    begun, unblocked = Semaphore(0), Event()

    def blocked(*_: Any) -> NoReturn:
        begun.release()
        assert unblocked.wait(PATIENCE)
        raise InvalidRequest("k", "is of no matter")

    monkeypatch.setattr("api.explorer.rank", blocked)
    host, _, port = url.removeprefix("http://").partition(":")
    question = b"GET /api/graphs/one/paths HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    with ExitStack() as stack:
        asked = [
            stack.enter_context(socket.create_connection((host, int(port)), PATIENCE))
            for _ in range(rankings.AT_ONCE + n_waiting)
        ]
        for connection in asked:
            connection.sendall(question)
        for _ in range(rankings.AT_ONCE):
            assert begun.acquire(timeout=PATIENCE)
        try:
            for _ in range(3):
                assert requests.get(f"{url}/api/health", timeout=PROMPTLY).status_code == 200
        finally:
            unblocked.set()
        answers = [connection.makefile("rb").readline() for connection in asked]
    assert {answer.split()[1] for answer in answers} == {b"422"}, "each had its turn"
