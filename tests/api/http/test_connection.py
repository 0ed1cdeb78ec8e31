"""What a connection may do before it has asked for anything: heads and bodies of bounded size and time."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
import requests

from api.client.places import Places
from api.http import bodies, connection
from api.server import private_server
from tests.support.patience import LIMIT, PATIENCE, soon

HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with private_server(Places(tmp_path_factory.mktemp("data")), None, run_jobs=False) as url:
        yield url


def connect(url: str, *sent: bytes) -> socket.socket:
    address = urlsplit(url)
    assert address.hostname and address.port
    opened = socket.create_connection((address.hostname, address.port), PATIENCE)
    for part in sent:
        opened.sendall(part)
    return opened


def received(opened: socket.socket) -> bytes:
    """All that the server sends before it closes the connection."""
    parts = []
    while part := opened.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


def refusal(answer: bytes) -> tuple[int, str]:
    """The status and error of an answer that must be in the envelope."""
    head, _, body = answer.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert set(problem) == {"error", "detail"}
    return int(head.split()[1]), problem["error"]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /api/health HTTP/1.1\r\n" + HOST + b"X",
        b"\r\n\r\n",
    ],
    ids=["nothing", "half a head", "blank lines"],
)
def test_half_a_request_is_cut(url: str, sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", LIMIT)
    with connect(url, sent) as opened:
        assert b"detail" not in received(opened)


@pytest.mark.parametrize("length", [b"Content-Length: 100\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_body_that_does_not_come_is_cut(url: str, length: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BODY_SECONDS", LIMIT)
    head = b"POST /api/jobs HTTP/1.1\r\nContent-Type: application/json\r\n" + HOST
    with connect(url, head, length, b"\r\n", b"1\r\n{\r\n") as opened:
        assert received(opened) == b""


def test_a_body_that_comes_on_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BODY_SECONDS", LIMIT)
    monkeypatch.setattr(connection, "BODY_BYTES", 1)
    body = b'{"prompt": ""}'
    head = b"POST /api/jobs HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\n" + HOST
    with connect(url, head, b"Content-Length: %d\r\n\r\n" % len(body)) as opened:
        opened.settimeout(LIMIT / 2)
        for at in range(len(body)):
            if at % 3 == 0:
                with pytest.raises(TimeoutError):
                    opened.recv(1)
            opened.sendall(body[at : at + 1])
        opened.settimeout(PATIENCE)
        assert refusal(received(opened))[0] in (404, 422, 503)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/health?" + b"a" * (connection.MAX_HEAD + 1) + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * (connection.MAX_HEAD + 1) + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * (connection.MAX_HEAD + 1),
        b"GET / HTTP/1.1\r\n" + HOST + b"X: y\r\n" * connection.MAX_HEADERS + b"\r\n",
        b"POST /api/jobs HTTP/1.1\r\n"
        + HOST
        + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: "
        + b"a" * 4 * connection.MAX_HEAD,
    ],
    ids=["address", "header", "unfinished header", "count", "trailer"],
)
def test_a_head_has_an_end(url: str, head: bytes) -> None:
    with connect(url, head) as opened:
        assert refusal(received(opened)) == (431, "HeadTooLarge")


def test_what_is_not_http_is_told_in_the_envelope(url: str) -> None:
    with connect(url, b"HELLO\r\n\r\n") as opened:
        assert refusal(received(opened)) == (400, "InvalidRequest")


def test_connections_that_ask_for_nothing_make_room(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_IDLE", 5)
    with ExitStack() as stack:
        half = [stack.enter_context(connect(url, b"GET / HT")) for _ in range(20)]
        assert requests.get(f"{url}/api/health", timeout=PATIENCE).status_code == 200
        assert soon(lambda: _is_cut(half[0])), "the one that waits longest"
        half[-1].setblocking(False)
        with pytest.raises(BlockingIOError):
            half[-1].recv(1)


def test_a_client_that_does_not_read_its_answers_is_cut(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "ANSWER_SECONDS", LIMIT)
    asked = (b"GET /api/openapi.json HTTP/1.1\r\n" + HOST + b"\r\n") * 200
    with connect(url, asked) as opened:
        assert soon(lambda: _is_cut(opened))


def _is_cut(opened: socket.socket) -> bool:
    """Whether the other end is closed, found without reading."""
    try:
        opened.send(b"\n")
    except OSError:
        return True
    return False


@pytest.mark.parametrize(
    "path", ["/api/session", "/api/jobs", "/api/cypher", "/api/queries/x", "/api/graphs"]
)
def test_a_body_has_its_route_s_limit(url: str, path: str) -> None:
    limit = bodies.MAX_BODIES.get(path, bodies.MAX_BODY)
    assert limit is not None
    head = (
        b"POST "
        + path.encode()
        + b" HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
        + HOST
    )
    with connect(url, head, b"Content-Length: %d\r\n\r\n" % (limit + 1)) as opened:
        assert refusal(received(opened)) == (413, "BodyTooLarge"), "before any of it has come"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (limit + 1, b" " * (limit + 1))
    with connect(url, head, b"Transfer-Encoding: chunked\r\n\r\n", chunks) as opened:
        assert refusal(received(opened)) == (413, "BodyTooLarge")
    with connect(url, head, b"Content-Length: %d\r\n\r\n" % limit, b" " * limit) as opened:
        assert refusal(received(opened))[0] in (404, 405, 422)


def test_a_refused_body_that_goes_on_is_cut(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "UNREAD_SECONDS", LIMIT)
    head = b"POST /api/session HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000000\r\n\r\n"
    with connect(url, head) as opened:
        assert refusal(received(opened)) == (413, "BodyTooLarge")


def test_a_cookie_costs_no_square_of_its_size(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own parser of cookies costs that (before 3.11.10), and FastAPI calls it for every request."""
    monkeypatch.setattr("http.cookies._unquote", None)
    answer = requests.get(f"{url}/api/graphs/none", headers={"Cookie": 'x="\\a\\a"'}, timeout=PATIENCE)
    assert answer.status_code == 404
