"""The answers that open a graph, `/edges` and `/nodes`: bytes on the wire and time, through a real server.

Beside them, in the same run and by the same server: the edges as a list of objects, one an edge.
"""

import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import requests
import uvicorn
from pydantic import BaseModel

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from bench.measure import seconds, show, spread
from queries.store.open import open_store
from tests.support.synthetic_graphs import SIZES, SMALL, Size, synthetic_graph

ROUNDS = 3
"""Cold questions of each kind: each is the first that a fresh server gets about the graph."""
REPEATS = 3
"""Warm questions after each cold one."""


class Answer(NamedTuple):
    """An answer's name in the table, its address below its graph's, and what encoding the client accepts."""

    name: str
    address: str
    encoding: str


OBJECTS = Answer("edges, objects", "/objects", "identity")
ANSWERS = (
    OBJECTS,
    Answer("edges, objects, gzip", "/objects", "gzip"),
    Answer("edges, columns", "/edges", "identity"),
    Answer("edges, columns, gzip", "/edges", "gzip"),
    Answer("nodes, columns", "/nodes", "identity"),
    Answer("nodes, columns, gzip", "/nodes", "gzip"),
)


class Measured:
    def __init__(self) -> None:
        self.bytes = 0
        """Of the body, on the wire."""
        self.cold: list[float] = []
        """Seconds; the graph is read from the database."""
        self.warm: list[float] = []


class EdgeObject(BaseModel):
    source: int
    target: int
    weight: float
    share: float


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        graphs = _store(data)
        measured = {(size, answer): Measured() for size in SIZES for answer in ANSWERS}
        for _ in range(ROUNDS):  # in turn, so that a machine that slows down slows all
            for answer in ANSWERS:
                with _server(data) as url:
                    _ask(url, graphs[SMALL], answer)  # what a server does once only is not an answer's time
                    for size in SIZES:
                        _measure(measured[size, answer], url, graphs[size], answer)
    for size in SIZES:
        _show(size, {answer: measured[size, answer] for answer in ANSWERS})


def _store(data: Path) -> dict[Size, str]:
    """The id of a stored graph of each size."""
    ids = {}
    with open_store(f"ladybug://{data / 'graphs.lbug'}") as store:
        for size in (SMALL, *SIZES):
            graph = synthetic_graph(size, seed=1)
            store.load(graph)
            ids[size] = graph.record.id
    return ids


@contextmanager
def _server(data: Path) -> Iterator[str]:
    """The URL of a fresh server, in a process of its own."""
    command = [sys.executable, "-m", "bench.opening", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _measure(measured: Measured, url: str, graph_id: str, answer: Answer) -> None:
    def ask() -> None:
        measured.bytes = _ask(url, graph_id, answer)

    measured.cold.append(seconds(ask))
    measured.warm.extend(seconds(ask) for _ in range(REPEATS))


def _ask(url: str, graph_id: str, answer: Answer) -> int:
    """The bytes of the body on the wire, once all are here."""
    address, headers = f"{url}/api/graphs/{graph_id}{answer.address}", {"Accept-Encoding": answer.encoding}
    with requests.get(address, headers=headers, stream=True) as got:
        got.raise_for_status()
        return len(got.raw.read(decode_content=False))


def _show(size: Size, found: dict[Answer, Measured]) -> None:
    objects, rows = found[OBJECTS], []
    for answer, measured in found.items():
        ratios = [
            measured.bytes / objects.bytes,
            *(
                statistics.median(times) / statistics.median(others)
                for times, others in ((measured.cold, objects.cold), (measured.warm, objects.warm))
            ),
        ]
        wire = f"{measured.bytes / 1e6:.3g} MB"
        beside = "" if answer.address == "/nodes" else " / ".join(f"{ratio:.2f}" for ratio in ratios)
        rows.append([answer.name, wire, spread(measured.cold), spread(measured.warm), beside])
    columns = ["answer", "on the wire", "cold", "warm", "bytes / cold / warm to first"]
    show(f"Opening a graph of {size} (bar: 60,000 edges under 1.5 MB)", columns, rows)


def _serve(data: Path) -> None:
    """The real application, and among its addresses one for the edges as objects."""
    with (
        open_explorer(Places(data), run_jobs=False) as explorer,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        app = create_app(explorer)

        @app.get("/api/graphs/{graph_id}" + OBJECTS.address)
        def objects(graph_id: str) -> list[EdgeObject]:
            edges = explorer.graph(graph_id).edges
            columns = (one.tolist() for one in (edges.source, edges.target, edges.weight, edges.share))
            return [
                EdgeObject(source=source, target=target, weight=weight, share=share)
                for source, target, weight, share in zip(*columns, strict=True)
            ]

        app.router.routes.insert(0, app.router.routes.pop())  # before the page's, which takes every address
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
