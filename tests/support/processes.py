"""Runs servers in processes of their own, and commands in this one or in their own."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from api.cli import main
from api.client.places import Address
from api.token import VARIABLE
from queries.process import process_exists
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
GRAPHS = ROOT.parent / "shared" / "graphs"
COMMAND = (sys.executable, "-m", "api.cli.main")


class Done(NamedTuple):
    status: int
    out: str
    err: str


def environment(token: str | None = None) -> dict[str, str]:
    """This process's, without what could lead the program elsewhere, and with the API's token, if one is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CIRCUIT_EXPLORER_")}
    return kept if token is None else kept | {VARIABLE: token}


def run(*arguments: str | Path, data: Path | None, token: str | None = None) -> Done:
    """A command run inside this process: quicker, and it finds servers all the same.

    `data` is None for a command that takes no data folder.
    """
    where = [] if data is None else ["--data", str(data)]
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with patch.dict(os.environ, environment(token), clear=True), redirect_stdout(out), redirect_stderr(err):
        status = main.run([*map(str, arguments), *where])
    return Done(status, *(stream.buffer.getvalue().decode() for stream in (out, err)))


def run_apart(*arguments: str | Path, data: Path) -> Done:
    """A command run as a user runs it, in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments), "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=ROOT,
        env=environment(),
    )
    return Done(done.returncode, done.stdout, done.stderr)


def answer(*arguments: str | Path, data: Path) -> Any:
    """A command's JSON; the command must succeed and leave nothing on stderr."""
    done = run(*arguments, "--json", data=data)
    assert (done.status, done.err) == (0, ""), done.err
    return json.loads(done.out)


def sentence(done: Done, status: int = 1) -> str:
    """The one line on stderr of a command that must have failed, without the program's name."""
    assert done.status == status, done
    lines = done.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("circuit-explorer: "), done.err
    return lines[0].removeprefix("circuit-explorer: ")


def failure(*arguments: str | Path, data: Path, status: int = 1) -> str:
    """The sentence of a command that must fail."""
    return sentence(run(*arguments, data=data), status)


@contextmanager
def serving(
    data: Path,
    *arguments: str,
    command: tuple[str, ...] = COMMAND,
    token: str | None = None,
    cwd: Path = ROOT,
    path: str | None = None,
    neuronpedia: str | None = None,
) -> Iterator["subprocess.Popen[str]"]:
    """A server on a free port, once it answers; stopped at the end if it still runs. `path`: its PATH, if not this
    process's; `neuronpedia`: the address at which it asks what features are."""
    options = ["serve", "--port", "0", "--data", str(data), *arguments]
    others = {"PATH": path, "CIRCUIT_EXPLORER_NEURONPEDIA": neuronpedia}
    server = subprocess.Popen(
        [*command, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environment(token) | {name: value for name, value in others.items() if value is not None},
    )
    try:
        deadline = time.monotonic() + PATIENCE
        while not ((address := Address.read(data)) and address.pid == server.pid):
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.02)
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
        server.communicate(timeout=PATIENCE)


def end(pid: int) -> None:
    """End a server that a command has left running, and wait until it is gone."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while process_exists(pid):
        assert time.monotonic() < deadline, "the server does not end"
        time.sleep(0.02)


def url(data: Path) -> str:
    return str(json.loads((data / "server.json").read_text())["url"])


def write_graph(
    path: Path, name: str | None = "tiny", weight: float = 1.5, prompt: str = "<s> Dallas", **changes: Any
) -> Path:
    """A graph file: `Dallas -> Texas -> Austin` carries 3/4 of the influence on Austin.

    The weight of the first link changes no share, but makes another graph.
    """
    metadata = {"scan": "tiny-model", "prompt": prompt, "prompt_tokens": ["<s>", " Dallas"]}
    nodes = [
        {"node_id": "E_7_1", "feature_type": "embedding", "layer": "E", "ctx_idx": 1, "feature": -1},
        {
            "node_id": "0_2_1",
            "feature_type": "per layer transcoder",
            "layer": "0",
            "ctx_idx": 1,
            "feature": 5,  # the pairing of layer 0 and index 2
            "activation": 2.0,
            "clerp": "Texas",
        },
        {
            "node_id": "3_9_1",
            "feature_type": "logit",
            "layer": "3",
            "ctx_idx": 1,
            "feature": 9,
            "token_prob": 0.6,
            "is_target_logit": True,
            "clerp": 'Output " Austin" (p=0.600)',
        },
    ]
    links = [
        {"source": "E_7_1", "target": "0_2_1", "weight": weight},
        {"source": "0_2_1", "target": "3_9_1", "weight": -3.0},
        {"source": "E_7_1", "target": "3_9_1", "weight": 1.0},
    ]
    content = {"metadata": metadata | ({"slug": name} if name else {}), "nodes": nodes, "links": links}
    path.write_text(json.dumps(content | changes))
    return path


def children(data: Path, module: str) -> set[int]:
    """The processes in which the server on a data folder runs a module."""
    return children_of(json.loads((data / "server.json").read_text())["pid"], module)


def children_of(parent: int, module: str) -> set[int]:
    """The processes in which a process runs a module."""
    found = set[int]()
    with suppress(OSError):  # it has ended
        for task in Path(f"/proc/{parent}/task").iterdir():
            with suppress(OSError):  # the thread has ended meanwhile
                found |= {int(pid) for pid in (task / "children").read_text().split()}

    def command(pid: int) -> bytes:
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        return b""

    return {pid for pid in found if module.encode() in command(pid).split(b"\0")}
