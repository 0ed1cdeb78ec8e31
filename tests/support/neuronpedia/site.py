"""A stand-in for Neuronpedia on this machine: it speaks its formats, and fails as a test says."""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeAlias
from unittest.mock import patch

from ingest.annotation import web

Entry: TypeAlias = dict[str, Any]
Reply: TypeAlias = tuple[int, dict[str, str], bytes]
Place: TypeAlias = tuple[str, str, int]


def entry(source: str, index: int, model: str = "gemma-2-2b", **changes: Any) -> Entry:
    """A feature as the single endpoint answers it."""
    return {
        "modelId": model,
        "layer": source,
        "index": str(index),
        "explanations": [explanation(f"{source} {index}")],
        "pos_str": [" Austin", " Texas"],
        "pos_values": [0.5, 1.5],
        "neg_str": [" Ohio"],
        "neg_values": [-0.75],
        "frac_nonzero": 0.001,
        "maxActApprox": 12.5,
        "freq_hist_data_bar_values": [1.0, 2.0],
        "freq_hist_data_bar_heights": [30, 4],
        "activations": [
            {"tokens": ["in", " Ohio"], "values": [0, 2.0]},
            {"tokens": ["in", " Texas"], "values": [0, 9.0]},
        ],
    } | changes


def explanation(text: str, **changes: Any) -> Entry:
    return {"description": text, "explanationModelName": "gpt-4o-mini", "typeName": "np_max-act"} | changes


def page(feature: Entry) -> str:
    """A feature's page: the feature stands in pieces of the payload, never in the page's text."""
    row = json.dumps(
        ["$", "$L12", None, {"initialNeuron": feature | {"createdAt": "$D2024-08-02T00:00:00Z"}}]
    )
    payload = f'0:["$","html"]\n5:{row}\n'
    pieces = [payload[begin : begin + 70] for begin in range(0, len(payload), 70)]
    scripts = "".join(f"<script>self.__next_f.push({json.dumps([1, piece])})</script>" for piece in pieces)
    return f"<!DOCTYPE html><html><head><script>var a = 1</script></head><body>{scripts}</body></html>"


@dataclass
class Site:
    """What the stand-in knows, how it fails, and what it was asked."""

    features: dict[Place, Entry] = field(default_factory=dict)
    faults: dict[str, Callable[[str, Any], Reply | None]] = field(default_factory=dict)
    """By way (`batch`, `feature`, `page`, `file`, `set file`): what it answers instead; None: as it should."""
    asked: list[tuple[str, Any]] = field(default_factory=list)
    """Way and place, or the batch's places, or the path with the part of a file."""
    bodies: list[Any] = field(default_factory=list)
    files: Path | None = None
    """What is at `/v1`, and feature files of sets at `/sets` and `/owner`, by the same paths."""
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""

    def add(self, *entries: Entry) -> None:
        for one in entries:
            self.features[one["modelId"], one["layer"], int(one["index"])] = one

    def ways(self) -> list[str]:
        return [way for way, _ in self.asked]

    def reply(
        self, method: str, path: str, body: Any, part: str | None = None, tag: str | None = None
    ) -> Reply:
        way: str
        asked: Any
        parts = path.strip("/").split("/")
        if path.startswith("/v1/"):
            way, asked = "file", path
        elif path.startswith(("/sets/", "/owner/")):
            way, asked = "set file", " ".join(filter(None, [path, part, tag and "if changed"]))
        elif method == "POST":
            self.bodies.append(body)
            way, asked = "batch", [(one["modelId"], one["layer"], one["index"]) for one in body]
        elif parts[:2] == ["api", "feature"]:
            way, asked = "feature", (parts[2], parts[3], int(parts[4]))
        else:
            way, asked = "page", (parts[0], parts[1], int(parts[2]))
        self.asked.append((way, asked))
        fault = self.faults.get(way)
        instead = None if fault is None else fault(method, asked)
        if instead is not None:
            return instead
        if way in ("file", "set file"):
            file = None if self.files is None else self.files / path.strip("/")
            if not file or not file.is_file():
                return 403, {}, b"<Error/>"
            if part is None:
                content = file.read_bytes()
                now = f'"{sha256(content).hexdigest()}"'
                return (304, {}, b"") if tag == now else (200, {"ETag": now}, content)
            begin, end = map(int, part.removeprefix("bytes=").split("-"))
            return 206, {}, file.read_bytes()[begin : end + 1]
        if way == "batch":
            found = [self.features[one] for one in asked if one in self.features]
            found.sort(
                key=lambda one: (int(one["index"]), one["layer"])
            )  # whatever the order of the question
            return 200, self.headers, json.dumps(found).encode()
        if asked not in self.features:
            return 404, self.headers, b"{}"
        known = self.features[asked]
        return 200, self.headers, (page(known) if way == "page" else json.dumps(known)).encode()


def answer(status: int, body: bytes | str = b"", **headers: str) -> Reply:
    return status, headers, body.encode() if isinstance(body, str) else body


def always(reply: Reply) -> Callable[[str, Any], Reply]:
    return lambda *_: reply


def first(n: int, reply: Reply) -> Callable[[str, Any], Reply | None]:
    """The reply to the first `n` questions of a way, then none."""
    left = [n]

    def fault(*_: Any) -> Reply | None:
        left[0] -= 1
        return reply if left[0] >= 0 else None

    return fault


@contextmanager
def served(site: Site) -> Iterator[Site]:
    """The stand-in at `site.url`. A reply keeps a `Content-Length` that it gives: if that is too long, it is torn.
    Whoever asks meanwhile does not wait long after faults."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._reply("GET", None)

        def do_POST(self) -> None:
            self._reply("POST", json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _reply(self, method: str, body: Any) -> None:
            status, headers, content = site.reply(
                method, self.path, body, self.headers["Range"], self.headers["If-None-Match"]
            )
            self.send_response(status)
            for name, value in (
                {"Content-Length": str(len(content))} | headers | {"Connection": "close"}
            ).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    with patch.object(web, "BACKOFF", 0.001), ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


def write_bulk(
    base: Path, source: str, kind: str, *entries: Any, number: int = 0, model: str = "gemma-2-2b"
) -> Path:
    """A bulk file in a folder as the public data set has them."""
    folder = base / "v1" / model / source / kind
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"batch-{number}.jsonl.gz"
    lines = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in entries)
    file.write_bytes(gzip.compress(lines.encode()))
    return file
