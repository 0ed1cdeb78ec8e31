"""A hub on this machine: repositories are folders, and it answers as the Hugging Face hub does, refusals included; and
the layout of the hub's cache, for machines without a network."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT, OLDER = "c" * 40, "a" * 40


@dataclass
class Hub:
    """Repositories by name and revision. `refuses`: the status and the error's name of those that are not shown."""

    repositories: dict[str, dict[str, Path]] = field(default_factory=dict)
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """How large the files of a repository are said to be."""
    fetched: list[str] = field(default_factory=list)
    """The paths of all files that were sent."""
    url: str = ""

    def add(self, name: str, folder: Path, commit: str = COMMIT, *revisions: str) -> None:
        of_name = self.repositories.setdefault(name, {})
        for revision in (commit, *(revisions or ("main",))):
            of_name[revision] = folder

    def commit(self, name: str, revision: str) -> str:
        folder = self.repositories[name][revision]
        return next(
            one for one, other in self.repositories[name].items() if other == folder and len(one) == 40
        )


@contextmanager
def serving_hub() -> Iterator[Hub]:
    hub = Hub()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            path = unquote(address.path)
            api = re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path)
            file = re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
            found = api or file
            if found is None:
                return self.refuse(404, "EntryNotFound")
            name, revision = found[1], found[2] or "main"
            if name in hub.refuses:
                return self.refuse(*hub.refuses[name])
            if name not in hub.repositories:
                return self.refuse(401, "RepoNotFound")
            folder = hub.repositories[name].get(revision)
            if folder is None:
                return self.refuse(404, "RevisionNotFound")
            commit = hub.commit(name, revision)
            if api is not None:
                blobs = parse_qs(address.query).get("blobs")
                return self.send(json.dumps(about(hub, name, folder, commit, bool(blobs))).encode(), {})
            asked = folder / file[3] if file else folder
            if not asked.is_file():
                return self.refuse(404, "EntryNotFound")
            content = asked.read_bytes()
            if self.command == "GET":
                hub.fetched.append(f"{name}/{file[3] if file else ''}")
            etag = f'"{hashlib.sha1(content).hexdigest()}"'
            return self.send(content, {"X-Repo-Commit": commit, "ETag": etag})

        def send(self, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(200)
            for key, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        def refuse(self, status: int, error: str) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", error)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def about(hub: Hub, name: str, folder: Path, commit: str, with_sizes: bool) -> dict[str, Any]:
    """What the hub's API says of a repository."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    siblings = [
        {"rfilename": str(file.relative_to(folder))}
        | ({"size": hub.sizes.get(name, file.stat().st_size)} if with_sizes else {})
        for file in files
    ]
    return {"id": name, "modelId": name, "sha": commit, "siblings": siblings, "gated": False, "tags": []}


def cache(home: Path, name: str, folder: Path, commit: str = COMMIT, revision: str = "main") -> None:
    """Put a repository into the cache of HF_HOME, as huggingface_hub leaves it there."""
    place = home / "hub" / f"models--{name.replace('/', '--')}"
    shutil.copytree(folder, place / "snapshots" / commit)
    (place / "refs").mkdir(exist_ok=True)
    (place / "refs" / revision).write_text(commit)
