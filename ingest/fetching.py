"""Graph files by their address: from listed hosts only, over TLS, and never from this machine's own network.

A server that fetches addresses that people give it can be made to ask its own network. Therefore the host is on a list,
the scheme is https, every address that its name resolves to is public, the connection goes to the address that was
checked (a name may resolve to another one the next time), and each redirect is checked as the first address was.
"""

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util.connection import create_connection

from queries.errors import InvalidRequest, SourceUnavailable

HOSTS = (
    "www.neuronpedia.org",
    "neuronpedia.org",
    "neuronpedia-attrib.s3.us-east-1.amazonaws.com",
    "transformer-circuits.pub",
    "d1fk9w8oratjix.cloudfront.net",
)
VARIABLE = "CIRCUIT_EXPLORER_SOURCES"
"""An operator's further hosts, with commas between them; one with a port is `host:port`."""
API = "https://www.neuronpedia.org/api/graph/"
"""What tells where the file of a model's graph is."""
MOST_BYTES = 1 << 30
MOST_REDIRECTS = 5
SECONDS = 30.0
"""To connect, and between two parts of an answer."""
PART = 1 << 20
MOST_SAID = 1 << 20
"""Bytes of Neuronpedia's answer about a graph."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


@dataclass(frozen=True)
class Fetcher:
    """`hosts` as in `HOSTS`; `is_allowed` tells of an IP address whether it may be connected to."""

    hosts: frozenset[str]
    is_allowed: Callable[[str], bool] = is_public
    scheme: str = "https"
    api: str = API

    @classmethod
    def of_environment(cls) -> "Fetcher":
        own = os.environ.get(VARIABLE, "").split(",")
        return cls(frozenset(HOSTS) | {host.strip().lower() for host in own if host.strip()})

    def parts(self, source: str) -> Iterator[bytes]:
        """The bytes of the graph file at `source`: an address, that of a graph's page on Neuronpedia, or
        `neuronpedia:MODEL/SLUG`. Raises InvalidRequest, SourceUnavailable."""
        with _session(self.is_allowed) as session:
            graph = _graph_on_neuronpedia(source)
            url = source if graph is None else self._file_of(session, *graph)
            with self._get(session, url) as response:
                yield from _bounded(response, MOST_BYTES)

    def _file_of(self, session: requests.Session, model: str, slug: str) -> str:
        """Where Neuronpedia says that a graph's file is."""
        url = f"{self.api}{quote(model, safe='')}/{quote(slug, safe='')}"
        with self._get(session, url) as response:
            content = b"".join(_bounded(response, MOST_SAID))
        try:
            found = json.loads(content)["url"]
        except (ValueError, KeyError, TypeError):
            found = None
        if not isinstance(found, str):
            raise SourceUnavailable(url, "it does not say where the graph's file is")
        return found

    def _get(self, session: requests.Session, url: str) -> requests.Response:
        for _ in range(1 + MOST_REDIRECTS):
            self._check(url)
            try:
                response = session.get(url, timeout=SECONDS, stream=True, allow_redirects=False)
            except _NotAllowed as error:
                raise InvalidRequest("source", str(error)) from None
            except requests.RequestException as error:
                raise SourceUnavailable(url, "it does not answer") from error
            if response.is_redirect:
                url = urljoin(url, response.headers["location"])
                response.close()
                continue
            if response.status_code != 200:
                response.close()
                raise SourceUnavailable(url, f"it answered {response.status_code}")
            return response
        raise SourceUnavailable(url, f"it redirects more than {MOST_REDIRECTS} times")

    def _check(self, url: str) -> None:
        """Raises InvalidRequest for an address that is not fetched from."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError:
            raise InvalidRequest("source", "it is no address") from None
        if parts.scheme != self.scheme:
            raise InvalidRequest("source", f"an address begins with {self.scheme}://")
        if parts.username is not None or parts.password is not None:
            raise InvalidRequest("source", "an address with a name or password is not fetched")
        if (host if port is None else f"{host}:{port}") not in self.hosts:
            listed = ", ".join(sorted(self.hosts))
            raise InvalidRequest(
                "source", f"{host[:100]!r} is not a host that graphs are fetched from: {listed}"
            )


def _graph_on_neuronpedia(source: str) -> tuple[str, str] | None:
    """Model and slug, where the source is a graph of Neuronpedia rather than the address of a file."""
    if found := re.fullmatch(r"neuronpedia:([^/]+)/(.+)", source):
        return found[1], found[2]
    try:
        parts = urlsplit(source)
    except ValueError:
        return None
    page = re.fullmatch(r"/([^/]+)/graph/?", parts.path)
    slug = parse_qs(parts.query).get("slug")
    if page and slug and (parts.hostname or "").removeprefix("www.") == "neuronpedia.org":
        return page[1], slug[0]
    return None


def _bounded(response: requests.Response, most: int) -> Iterator[bytes]:
    n_bytes = 0
    try:
        for part in response.iter_content(PART):
            n_bytes += len(part)
            if n_bytes > most:
                raise InvalidRequest("source", f"the file has more than {most >> 20} MB")
            yield part
    except requests.RequestException as error:
        raise SourceUnavailable(response.url, "it ended in the middle") from error


class _NotAllowed(Exception):
    """A name that resolves to an address that is not connected to."""


def _session(is_allowed: Callable[[str], bool]) -> requests.Session:
    """A session that connects to allowed addresses only, and through no proxy, which would resolve names anew."""

    def checked(connection: HTTPConnection) -> socket.socket:
        found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
        addresses = [str(address[0]) for *_, address in found]
        if not addresses or not all(map(is_allowed, addresses)):
            raise _NotAllowed(f"{connection.host!r} is an address of a private network, which is not asked")
        options = connection.socket_options
        return create_connection((addresses[0], connection.port), connection.timeout, socket_options=options)

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return checked(self)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return checked(self)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            super().init_poolmanager(*arguments, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    session = requests.Session()
    session.trust_env = False
    for prefix in ("http://", "https://"):
        session.mount(prefix, Adapter())
    return session
