"""A Neo4j Community server as a plain Java process, from the jars that `make` fetches from Maven Central.

Tests, measurements and `make neo4j` use it without Docker. It listens on 127.0.0.1 only and keeps all its files in one
folder.
"""

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import neo4j

from tools.prerequisites import find

ROOT = Path(__file__).parents[2]
JARS = ROOT / ".neo4j" / "lib"
COMPILER = ROOT / ".neo4j" / "compiler"
"""Holds Eclipse's Java compiler, one jar."""
MAIN_CLASS = "org.neo4j.server.CommunityEntryPoint"
USER = "neo4j"
START_TIMEOUT = 120.0
"""Seconds, for a busy machine; a start on an idle one takes 6."""
STOP_TIMEOUT = 60.0

OPENS = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
"""Packages of java.base that Neo4j reaches into."""

CONFIGURATION = """\
server.default_listen_address=127.0.0.1
server.default_advertised_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.directories.plugins={plugins}
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size={page_cache}
db.memory.transaction.max={transaction}
dbms.usage_report.enabled=false
dbms.security.allow_csv_import_from_file_urls=false
dbms.security.auth_minimum_password_length=1
"""


class CannotStart(Exception):
    """`str(error)` says which program is missing, or how the server ended."""


class Memory(NamedTuple):
    """Sizes as neo4j.conf writes them."""

    heap: str = "1g"
    page_cache: str = "256m"
    transaction: str = "512m"


class Neo4jServer:
    """One server, started by `start` and ended by `stop` or `kill`; a later `start` finds the same data and port."""

    def __init__(
        self, home: Path, *, port: int = 0, memory: Memory | None = None, plugins: Path | None = None
    ) -> None:
        """`home` is a folder of its own, made where missing. Port 0: a free one. `plugins`: a folder of jars."""
        self.home, self.port = home.resolve(), port or free_port()
        self._memory, self._plugins = memory or Memory(), plugins or self.home / "plugins"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.home / "console.log"

    @property
    def password(self) -> str:
        """Generated once for a folder, and kept in it."""
        file = self.home / "password"
        if not file.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(12))
        return file.read_text()

    @property
    def url(self) -> str:
        return f"neo4j://{USER}:{self.password}@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not started"
        return self._process.pid

    def start(self) -> None:
        """Start the server and wait until it answers. Raises CannotStart."""
        java = find("java")
        if java is None:
            raise CannotStart("Java 17 or newer is needed for the Neo4j server: java is not installed.")
        if not any(JARS.glob("neo4j-server-*.jar")):
            raise CannotStart(f"The Neo4j server is not in {JARS}: `make .neo4j/.installed` fetches it.")
        configuration = self.home / "conf"
        configuration.mkdir(parents=True, exist_ok=True)
        Path(self._plugins).mkdir(parents=True, exist_ok=True)
        (configuration / "neo4j.conf").write_text(
            CONFIGURATION.format(port=self.port, plugins=self._plugins, **self._memory._asdict())
        )
        command = [java, "-cp", f"{JARS}/*", *(f"--add-opens=java.base/{one}=ALL-UNNAMED" for one in OPENS)]
        command += [f"-Xmx{self._memory.heap}", f"-Xms{self._memory.heap}", "-Dfile.encoding=UTF-8"]
        command += [MAIN_CLASS, f"--home-dir={self.home}", f"--config-dir={configuration}"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the server after it has closed its files."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the server as a power cut would."""
        self._end(signal.SIGKILL)

    def wait(self) -> None:
        """Wait until the server ends."""
        assert self._process is not None
        self._process.wait()

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.send_signal(how)
            self._process.wait(STOP_TIMEOUT)
            self._process = None

    def _wait_until_ready(self) -> None:
        """Wait until the server accepts the folder's password, which the first start sets. Raises CannotStart."""
        bolt = f"bolt://127.0.0.1:{self.port}"
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            assert self._process is not None
            if self._process.poll() is not None:
                raise CannotStart(f"The Neo4j server ended as it started: {_last_line(self.log)}")
            try:
                with (
                    neo4j.GraphDatabase.driver(bolt, auth=(USER, self.password)) as driver,
                    driver.session() as session,
                ):
                    session.run("RETURN 1").consume()  # unlike execute_query, run does not retry
                    return
            except neo4j.exceptions.AuthError:
                self._set_password(bolt)
            except (neo4j.exceptions.ServiceUnavailable, neo4j.exceptions.TransientError):
                pass
            if time.monotonic() > deadline:
                raise CannotStart(f"The Neo4j server does not answer: {_last_line(self.log)}")
            time.sleep(0.2)

    def _set_password(self, bolt: str) -> None:
        change = "ALTER CURRENT USER SET PASSWORD FROM $old TO $new"
        with (
            suppress(neo4j.exceptions.Neo4jError, neo4j.exceptions.DriverError),
            neo4j.GraphDatabase.driver(bolt, auth=(USER, USER)) as driver,
            driver.session(database="system") as session,
        ):
            session.run(change, old=USER, new=self.password).consume()


@contextmanager
def running(
    home: Path, *, memory: Memory | None = None, plugins: Path | None = None
) -> Iterator[Neo4jServer]:
    """A started server on a free port, killed at the end. Raises CannotStart."""
    server = Neo4jServer(home, memory=memory, plugins=plugins)
    server.start()
    try:
        yield server
    finally:
        server.kill()  # faster than stop; committed data survives a kill


def free_port() -> int:
    """A free port below those that the kernel gives out by itself (from 32768 on), so that none but a server that is
    told to takes it before this one starts, or starts again."""
    for port in secrets.SystemRandom().sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise CannotStart("No port from 20000 to 30000 is free.")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    printed = [line for line in lines if line.strip()]
    return f"{printed[-1].strip()} ({log})" if printed else f"it said nothing ({log})"
