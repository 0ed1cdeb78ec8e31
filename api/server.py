"""The server process: opens store and job queue, binds, serves the application, closes all in order."""

import errno
import gc
import ipaddress
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Thread

import uvicorn

import ingest
from api.client.places import Address, Places, find_server
from api.explorer import Explorer
from api.http import frames
from api.http.app import create_app
from api.http.connection import STOP_SECONDS, Connection
from api.memory import freed_memory_given_back
from api.token import VARIABLE, ApiToken
from api.worker_metrics import serving_metrics
from queries import logs
from queries.cypher.runner import CypherRunner
from queries.errors import CircuitExplorerError, DatabaseUnavailable
from queries.graph.records import JobState
from queries.groups import tree
from queries.paths import search, sequence_search
from queries.store.address import shown
from queries.store.open import open_store
from queries.words import MAX_JOBS

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}
"""The addresses at which this machine reaches a server that is bound to all of its addresses."""
IDLE_LOOK = 0.5
"""Seconds between two looks of a worker whether it has anything left to do."""


class AddressUnavailable(CircuitExplorerError):
    def __init__(self, host: str, port: int, why: str, option: str = "port") -> None:
        self.host, self.port, self.why = host, port, why
        super().__init__(f"Port {port} of {host} cannot be used: {why}. Choose another with --{option}.")


class AlreadyServed(CircuitExplorerError):
    def __init__(self, data: Path, address: Address) -> None:
        self.data, self.address = data, address
        super().__init__(
            f"A server already runs on the data folder {data}, at {address.url} (process {address.pid})."
        )


class OpenToOthers(CircuitExplorerError):
    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"Listening on {host or 'every address'} lets others use this server: set {VARIABLE} to a secret "
            "that they must give, or leave out --host."
        )


class DataFolderUnusable(CircuitExplorerError):
    def __init__(self, data: Path, why: str) -> None:
        self.data, self.why = data, why
        super().__init__(f"The data folder {data} cannot be used: {why}.")


@contextmanager
def open_explorer(
    places: Places,
    *,
    hosts: tuple[str, ...] = LOOPBACK,
    token: ApiToken | None = None,
    framers: tuple[str, ...] = (),
    run_jobs: bool = True,
    others_trace: bool = False,
    registry: ingest.Registry | None = None,
) -> Iterator[Explorer]:
    """An open store with its job queue. With `run_jobs`, it runs queued and unfinished jobs, unless the database is a
    data set. With `others_trace`, workers elsewhere run them: `ingest.JobQueue`. `registry`: the models that jobs may
    name; None: those that are listed.

    Raises `DataFolderUnusable`, `TracesUnavailable`, and like `open_store`.
    """
    try:
        data = places.data.resolve()
        data.mkdir(mode=0o700, parents=True, exist_ok=True)  # prompts and graphs are nobody else's to read
    except OSError as error:
        raise DataFolderUnusable(places.data, _reason(error)) from None
    except RuntimeError:
        raise DataFolderUnusable(places.data, os.strerror(errno.ELOOP).lower()) from None
    registry = registry or ingest.load_registry(data)
    database = places.database or f"ladybug://{data / 'graphs.lbug'}"
    with (
        open_store(database, data_sets=data / "data-sets") as store,
        freed_memory_given_back(store.rest),
        closing(CypherRunner(store.engine_url)) as cypher,
    ):
        traces = ingest.TraceFolder(places.traces or str(data / "traces"), store.traces)
        if places.traces:
            traces.files.open_place()
        annotator = ingest.Annotator.from_environment(data, registry)
        queue = ingest.JobQueue(
            data, registry, store, traces, places.jobs, annotator, others_trace=others_trace
        )
        workbench = ingest.Workbench(data, traces)
        try:
            if run_jobs and store.content is None:  # jobs of this data folder wait for its own database
                queue.start()
            with closing(
                Explorer(store, queue, data, cypher, workbench, traces, annotator, hosts, token, framers)
            ) as explorer:
                yield explorer
        finally:
            workbench.close()
            queue.stop()


def serve(
    places: Places,
    *,
    host: str,
    port: int,
    allow_hosts: tuple[str, ...],
    allow_frames: tuple[str, ...],
    examples: bool,
    run_jobs: bool,
    say: Callable[[str], None],
) -> None:
    """Serve until SIGINT or SIGTERM. `say` gets the lines for people; port 0 picks a free port. Without `run_jobs`, the
    jobs wait for workers.

    Requests must give the token that the environment holds. Without one, the server listens on this machine only.
    """
    say = logs.configured(say)
    token = ApiToken.from_environment()
    if token is None and not _is_loopback(host):
        raise OpenToOthers(host)
    framers = frames.origins(allow_frames)
    running = find_server(places, token)
    if running is not None:
        raise AlreadyServed(places.data.resolve(), running)
    hosts = tuple(dict.fromkeys((*LOOPBACK, _host_name(EVERY_ADDRESS.get(host, host)), *allow_hosts)))
    with _until_stopped(), _bind(host, port) as listener:
        url = f"http://{_host_name(EVERY_ADDRESS.get(host, host))}:{listener.getsockname()[1]}"
        address = Address(url, os.getpid())
        with open_explorer(
            places,
            hosts=hosts,
            token=token,
            framers=framers,
            run_jobs=run_jobs,
            others_trace=not run_jobs,
        ) as explorer:
            gc.freeze()
            jobs = _first_jobs(explorer, examples)
            explorer.cypher.warm()

            def started() -> None:
                address.write(explorer.data)
                say(f"Circuit Explorer is at {url}")
                say(f"Data folder: {explorer.data}. {jobs} Ctrl-C stops.")
                Thread(target=_warm_up, name="warm-up", daemon=True).start()

            try:
                _Server(explorer, started, log_level="warning").run(sockets=[listener])
            finally:
                address.remove(explorer.data)


def work(
    places: Places,
    *,
    max_idle: float | None,
    metrics: tuple[str, int] | None,
    say: Callable[[str], None],
) -> None:
    """Run jobs until SIGINT or SIGTERM, or until none has waited, or run here, for `max_idle` seconds.

    `metrics`: host and port at which this process's metrics are served. Raises like `open_explorer`, OpenToOthers,
    AddressUnavailable.
    """
    say = logs.configured(say)
    with ExitStack() as stack:
        stack.enter_context(_until_stopped())
        if metrics is not None:
            token = ApiToken.from_environment()
            if token is None and not _is_loopback(metrics[0]):
                raise OpenToOthers(metrics[0])
            try:
                port = stack.enter_context(serving_metrics(*metrics, token))
            except OSError as error:
                raise AddressUnavailable(*metrics, _why_unavailable(error), "metrics-port") from None
            say(
                f"Metrics are at http://{_host_name(EVERY_ADDRESS.get(metrics[0], metrics[0]))}:{port}/metrics"
            )
        explorer = stack.enter_context(open_explorer(places))
        say(f"Working on the jobs of {shown(explorer.queue.url)}. Ctrl-C stops.")
        idle_since = time.monotonic()
        while max_idle is None or time.monotonic() - idle_since <= max_idle:
            time.sleep(IDLE_LOOK)
            if max_idle is not None and not explorer.queue.is_idle():
                idle_since = time.monotonic()
        say(f"No job for {max_idle:g} seconds: the worker ends.")


@contextmanager
def private_server(
    places: Places, token: ApiToken | None, *, run_jobs: bool, registry: ingest.Registry | None = None
) -> Iterator[str]:
    """The URL of a server inside this process, on a free port; no `server.json` names it. `registry`: as
    `open_explorer` takes it."""
    log_level = "info" if os.environ.get("CIRCUIT_EXPLORER_DEBUG") else "critical"
    with (
        open_explorer(places, token=token, run_jobs=run_jobs, registry=registry) as explorer,
        _bind("127.0.0.1", 0) as listener,
    ):
        server = _Server(explorer, lambda: None, log_level)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="private server", daemon=True)
        thread.start()
        try:  # at once: the socket listens, and requests wait in it until the server has started
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """Uvicorn that calls `on_start` once it has started, and cuts open streams silently when it stops."""

    def __init__(self, explorer: Explorer, on_start: Callable[[], None], log_level: str) -> None:
        super().__init__(
            uvicorn.Config(
                create_app(explorer),
                lifespan="off",
                http=Connection,
                ws="none",
                access_log=False,
                log_level=log_level,
                # Its own handlers write text.
                log_config=None if logs.is_json() else uvicorn.config.LOGGING_CONFIG,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


@contextmanager
def _until_stopped() -> Iterator[None]:
    """Within it, SIGTERM unwinds like Ctrl-C does; either ends it quietly."""

    def stop(*_: object) -> None:
        sys.exit(0)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket, bound before anything else is opened. Raises `AddressUnavailable`."""
    try:
        family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise AddressUnavailable(host, port, _why_unavailable(error)) from None
    # Connections inherit the option; asyncio sets it only for sockets that it opens itself. Without it an answer, sent
    # as head and body, waits 40 ms for the client's delayed acknowledgement of the head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _warm_up() -> None:
    search.warm_up()
    sequence_search.warm_up()
    tree.warm_up()


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server that listens on the host. The only name that counts is localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _why_unavailable(error: OSError) -> str:
    return "another program uses it" if error.errno == errno.EADDRINUSE else _reason(error)


def _reason(error: OSError) -> str:
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


def _host_name(host: str) -> str:
    """A host as URLs and Host headers write it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def _first_jobs(explorer: Explorer, examples: bool) -> str:
    """A sentence about the jobs that the server starts with. An empty database gets the default model's examples:
    traced, or, where the model cannot run, as graphs made beforehand. A data set gets nothing."""
    if explorer.store.content is not None:
        n_graphs = len(explorer.store.graphs())
        return f"A data set of {n_graphs} graphs, which is only read: {explorer.store.content}."
    try:
        explorer.store.graphs(1)
    except DatabaseUnavailable as error:
        return f"{error} Every request tries again."
    unfinished = [
        job for job in explorer.queue.jobs(MAX_JOBS) if job.state in (JobState.QUEUED, JobState.RUNNING)
    ]
    if unfinished:
        return f"Unfinished jobs go on: {len(unfinished)}."
    try:
        traced = explorer.queue.queue_examples() if examples else []
        stored = explorer.queue.store_examples() if examples else 0
    except CircuitExplorerError as error:
        return f"The example prompts are not traced: {error}"
    if stored:
        return f"Example graphs are loaded: {stored}; tracing takes `pip install 'circuit-explorer[trace]'`."
    return f"Tracing the model's example prompts: {len(traced)}." if traced else "Ready."
