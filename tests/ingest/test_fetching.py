"""Graph files by their address: what is fetched, and what a server must not be made to ask."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ingest import fetching
from ingest.fetching import HOSTS, Fetcher, is_public
from queries.errors import InvalidRequest, SourceUnavailable

GRAPH = b'{"a graph": 1}' * 1000


class Pages(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        here = f"http://{self.headers['Host']}"
        moved = {"/moved": "/graph.json", "/round": "/round", "/away": "http://elsewhere.example/graph.json"}
        if self.path in moved:
            self.send_response(302)
            self.send_header("Location", moved[self.path])
            self.end_headers()
            return
        pages = {
            "/graph.json": GRAPH,
            "/api/graph/gemma-2-2b/a%20slug": json.dumps({"url": f"{here}/graph.json"}).encode(),
            "/api/graph/gemma-2-2b/private": json.dumps({"url": "http://169.254.169.254/"}).encode(),
            "/api/graph/gemma-2-2b/none": b"{}",
            "/api/graph/gemma-2-2b/broken": b"<html>",
        }
        content = pages.get(self.path)
        self.send_response(200 if content is not None else 404)
        self.send_header(
            "Content-Length", str(len(content or b"") + (10 if self.path == "/graph.json?cut" else 0))
        )
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.asked = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def fetcher(server: ThreadingHTTPServer, **other: Any) -> Fetcher:
    """One that may ask the test's server, which is no public one and has no TLS."""
    host = f"localhost:{server.server_port}"
    options: dict[str, Any] = {
        "is_allowed": lambda _: True,
        "scheme": "http",
        "api": f"http://{host}/api/graph/",
    }
    return Fetcher(frozenset({host}), **(options | other))


def fetched(fetcher: Fetcher, source: str) -> bytes:
    return b"".join(fetcher.parts(source))


def asked(server: ThreadingHTTPServer) -> list[str]:
    found: list[str] = server.asked  # type: ignore[attr-defined]
    return found


def test_a_file_is_fetched_also_where_it_has_moved(server: ThreadingHTTPServer) -> None:
    at = f"http://localhost:{server.server_port}"
    assert fetched(fetcher(server), f"{at}/graph.json") == GRAPH
    assert fetched(fetcher(server), f"{at}/moved") == GRAPH


@pytest.mark.parametrize(
    "source",
    [
        "neuronpedia:gemma-2-2b/a slug",
        "https://www.neuronpedia.org/gemma-2-2b/graph?slug=a%20slug&pinnedIds=1",
        "https://neuronpedia.org/gemma-2-2b/graph?slug=a+slug",
    ],
)
def test_a_graph_of_neuronpedia_is_asked_where_its_file_is(server: ThreadingHTTPServer, source: str) -> None:
    assert fetched(fetcher(server), source) == GRAPH
    assert asked(server) == ["/api/graph/gemma-2-2b/a%20slug", "/graph.json"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("http://www.neuronpedia.org/a.json", "begins with https://"),
        ("ftp://www.neuronpedia.org/a.json", "begins with https://"),
        ("file:///etc/passwd", "begins with https://"),
        ("graph.json", "begins with https://"),
        ("https://evil.example/a.json", "'evil.example' is not a host"),
        ("https://www.neuronpedia.org.evil.example/a.json", "is not a host"),
        ("https://www.neuronpedia.org:8443/a.json", "is not a host"),
        ("https://www.neuronpedia.org@evil.example/a.json", "name or password"),
        ("https://127.0.0.1/a.json", "is not a host"),
        ("https://[::1]/a.json", "is not a host"),
        ("https://[", "no address"),
        ("https://www.neuronpedia.org:x/", "no address"),
        ("", "begins with https://"),
    ],
)
def test_what_is_not_fetched_is_refused_before_anything_is_asked(source: str, why: str) -> None:
    with pytest.raises(InvalidRequest, match=why) as raised:
        fetched(Fetcher(frozenset(HOSTS)), source)
    assert raised.value.parameter == "source"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("172.16.3.4", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_addresses_of_private_networks(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_listed_name_that_resolves_to_this_machine_is_not_connected_to(server: ThreadingHTTPServer) -> None:
    with pytest.raises(InvalidRequest, match="private network"):
        fetched(fetcher(server, is_allowed=is_public), f"http://localhost:{server.server_port}/graph.json")
    assert asked(server) == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name may resolve to a public address when it is checked, and to a private one when it is connected to."""
    names: list[str] = []
    resolve = socket.getaddrinfo

    def once(host: str, *arguments: Any, **options: Any) -> Any:
        if host == "localhost":
            names.append(host)
            host = "127.0.0.1"
        return resolve(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert fetched(fetcher(server), f"http://localhost:{server.server_port}/graph.json") == GRAPH
    assert names == ["localhost"]


def test_each_redirect_is_checked(server: ThreadingHTTPServer) -> None:
    at = f"http://localhost:{server.server_port}"
    with pytest.raises(InvalidRequest, match=r"'elsewhere\.example' is not a host"):
        fetched(fetcher(server), f"{at}/away")
    with pytest.raises(SourceUnavailable, match="redirects more than 5 times"):
        fetched(fetcher(server), f"{at}/round")
    with pytest.raises(InvalidRequest, match=r"'169\.254\.169\.254' is not a host"):
        fetched(fetcher(server), "neuronpedia:gemma-2-2b/private")


@pytest.mark.parametrize("slug", ["none", "broken"])
def test_an_answer_that_does_not_say_where_the_file_is(server: ThreadingHTTPServer, slug: str) -> None:
    with pytest.raises(SourceUnavailable, match="does not say where"):
        fetched(fetcher(server), f"neuronpedia:gemma-2-2b/{slug}")


def test_what_does_not_answer_or_is_too_large(
    server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = f"http://localhost:{server.server_port}"
    with pytest.raises(SourceUnavailable, match="answered 404"):
        fetched(fetcher(server), f"{at}/nothing")
    with pytest.raises(SourceUnavailable, match="does not answer"):
        fetched(Fetcher(frozenset({"localhost:9"}), lambda _: True, "http"), "http://localhost:9/graph.json")
    monkeypatch.setattr(fetching, "MOST_BYTES", 1000)
    with pytest.raises(InvalidRequest, match="the file has more than"):
        fetched(fetcher(server), f"{at}/graph.json")


def test_an_operator_adds_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Fetcher.of_environment().hosts == frozenset(HOSTS)
    monkeypatch.setenv("CIRCUIT_EXPLORER_SOURCES", "graphs.example, Other.example:8443,")
    assert Fetcher.of_environment().hosts == {*HOSTS, "graphs.example", "other.example:8443"}
