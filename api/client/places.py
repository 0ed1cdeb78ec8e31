"""The places of data, and the address of a server: it leaves `server.json` in its data folder for commands to find."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import requests

from api.token import VARIABLE, ApiToken
from queries.errors import CircuitExplorerError
from queries.process import process_exists
from queries.store.address import shown

FILE = "server.json"
CONNECT_TIMEOUT = 5.0
"""Seconds to reach a server. Answers have no timeout: ranking and storing may take long."""


@dataclass(frozen=True)
class Places:
    """The places of data. All but the folder `data` are URLs; None means a place inside `data`."""

    data: Path
    database: str | None = None
    jobs: str | None = None
    traces: str | None = None


class ServerLost(CircuitExplorerError):
    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"The server at {url} does not answer (any more).")


class OtherDatabase(CircuitExplorerError):
    def __init__(self, url: str, used: str, asked: str) -> None:
        self.url, self.used, self.asked = url, used, asked
        super().__init__(
            f"The server at {url} runs on this data folder with the database {used}, not {asked}: "
            "stop it, leave out --database, or give --data another folder."
        )


class TokenNeeded(CircuitExplorerError):
    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"The server at {url} needs its token: set {VARIABLE} to it.")


@dataclass(frozen=True)
class Address:
    url: str
    pid: int

    @classmethod
    def read(cls, data: Path) -> Self | None:
        """The address in a data folder; None where there is none or it cannot be read."""
        try:
            written = json.loads((data / FILE).read_bytes())
            return cls(url=str(written["url"]), pid=int(written["pid"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def write(self, data: Path) -> None:
        """Write the address atomically: a reader sees all of it or none."""
        draft = data / f"{FILE}.{self.pid}"
        draft.write_text(json.dumps(asdict(self)))
        draft.replace(data / FILE)

    def remove(self, data: Path) -> None:
        """Remove the address, unless another server has written its own since."""
        if self.read(data) == self:
            with suppress(OSError):
                (data / FILE).unlink()

    def is_alive(self) -> bool:
        """Whether the process exists (on this machine)."""
        return process_exists(self.pid)


def find_server(places: Places, token: ApiToken | None) -> Address | None:
    """The server that runs on this data folder now. Raises `ServerLost`, `OtherDatabase`, `TokenNeeded`."""
    address = Address.read(places.data)
    if address is None:
        return None
    try:
        with requests.Session() as session:
            session.trust_env = False
            # After a server was killed, another program may have its port, and must not learn the token.
            headers = token.header if token is not None and address.is_alive() else None
            answer = session.get(f"{address.url}/api/health", timeout=CONNECT_TIMEOUT, headers=headers)
            health = answer.json()
            if answer.status_code == 401 and health["error"] == "Unauthorized" and address.is_alive():
                raise TokenNeeded(address.url)
            pid, data, database = health["pid"], Path(health["data"]), str(health["database"])
    except requests.Timeout:
        if address.is_alive():
            raise ServerLost(address.url) from None
        return None
    except (requests.RequestException, ValueError, TypeError, KeyError):
        return None
    if pid != address.pid or data != places.data.resolve():
        return None
    if places.database is not None and _comparable(places.database) != _comparable(database):
        raise OtherDatabase(address.url, database, shown(places.database))
    return address


def _comparable(database: str) -> tuple[str, str]:
    """A database's URL without its user and password."""
    parts = urlsplit(database)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", parts.path.rstrip("/")
