"""The folder of kept traces: finding, dropping, and the error for a missing trace."""

import errno
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from ingest.traces.folder import RETENTION, TraceFolder
from ingest.traces.kept import LIMIT
from queries.errors import InvalidRequest, TraceNotKept, TracesUnavailable
from tests.support.patience import soon


@pytest.fixture(params=["a folder", "elsewhere"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A folder on this machine, and one that only fsspec reaches."""
    if request.param == "a folder":
        yield str(tmp_path / "traces")
        return
    url = f"memory://{uuid4().hex}/traces"
    yield url
    files, root = fsspec.url_to_fs(url)
    files.rm(root, recursive=True)


def keep(folder: TraceFolder, tmp_path: Path, trace_id: str, size: int) -> None:
    written = tmp_path / "written"
    written.write_bytes(bytes(size))
    folder.keep(trace_id, written)
    kept = _now(tmp_path)
    assert soon(lambda: _now(tmp_path) > kept), "so that the next is younger"


def _now(tmp_path: Path) -> int:
    """The time that a file gets, which goes in ticks of some milliseconds."""
    (tmp_path / "now").touch()
    return (tmp_path / "now").stat().st_mtime_ns


def names(place: str) -> list[str]:
    files, root = fsspec.url_to_fs(place)
    return sorted(name.rpartition("/")[2] for name in files.ls(root, detail=False))


def test_a_kept_trace_is_found_until_it_is_dropped(place: str, tmp_path: Path) -> None:
    stored = {"one"}
    folder = TraceFolder(place, lambda: stored)
    keep(folder, tmp_path, "one", 10)
    folder.drop("one")
    found = folder.fetch("graph", "one", tmp_path / "work" / "copy")
    assert found.read_bytes() == bytes(10), "a graph was pruned from it"
    stored.clear()
    folder.drop("one")
    folder.drop("one")
    assert names(place) == []
    with pytest.raises(TraceNotKept, match="'graph' is not kept here: its file was made elsewhere"):
        folder.check("graph", "one")


def test_one_that_is_kept_again_is_the_newer(place: str, tmp_path: Path) -> None:
    folder = TraceFolder(place, lambda: {"one"})
    for size in (10, 20):
        keep(folder, tmp_path, "one", size)
    assert folder.fetch("graph", "one", tmp_path / "copy").stat().st_size == 20
    assert names(place) == ["one.trace"]


KILLED_WHILE_IT_MOVES = """
import os, sys
from pathlib import Path
from ingest.traces.folder import TraceFolder

def killing(move):
    def moved(*places):
        move(*places)
        os.kill(os.getpid(), 9)
    return moved

os.rename, os.replace = killing(os.rename), killing(os.replace)
TraceFolder(sys.argv[1], lambda: {"one"}).keep("one", Path(sys.argv[2]))
"""


@pytest.mark.slow
def test_one_whose_process_is_killed_while_it_moves_is_kept_or_where_it_was(tmp_path: Path) -> None:
    written, traces = tmp_path / "written", tmp_path / "traces"
    written.write_bytes(bytes(10))
    command = [sys.executable, "-c", KILLED_WHILE_IT_MOVES, str(traces), str(written)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[3])
    assert killed.returncode == -signal.SIGKILL
    assert written.exists() or [file.name for file in traces.iterdir()] == ["one.trace"]


def test_one_on_another_disk_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(Path, "replace", refuse)
    keep(TraceFolder(str(tmp_path / "traces"), lambda: {"one"}), tmp_path, "one", 10)
    assert {file.name: file.stat().st_size for file in (tmp_path / "traces").iterdir()} == {"one.trace": 10}


def test_one_whose_graph_was_deleted_meanwhile_is_not_kept(tmp_path: Path) -> None:
    keep(TraceFolder(str(tmp_path / "traces"), set), tmp_path, "one", 10)
    assert not (tmp_path / "traces").exists()


def test_a_graph_without_a_trace_says_so(tmp_path: Path) -> None:
    with pytest.raises(TraceNotKept, match="imported as it is"):
        TraceFolder(str(tmp_path), set).check("graph", None)


def test_the_oldest_are_dropped_and_said_to_be(
    place: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = TraceFolder(place, lambda: {"a", "b", "c", "large"}, limit=25)
    with caplog.at_level(logging.WARNING):
        for trace_id in ("b", "c", "a"):
            keep(folder, tmp_path, trace_id, 10)
        assert "The file b.trace is dropped" in caplog.text
        assert names(place) == ["a.trace", "c.trace"]
        keep(folder, tmp_path, "large", 1000)
    assert names(place) == ["large.trace"], "the newest stays, whatever its size"


def test_the_limit_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT, "0.5")
    with pytest.raises(TraceNotKept, match=r"0\.5 GB"):
        TraceFolder(str(tmp_path), set).check("graph", "one")


def test_where_no_traces_are_kept_none_is_and_that_is_said(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = TraceFolder(place, lambda: {"one", "two"})
    keep(before, tmp_path, "one", 10)
    monkeypatch.setenv(RETENTION, "none")
    folder = TraceFolder(place, lambda: {"one", "two"})
    folder.keep("two", tmp_path / "written")
    assert names(place) == ["one.trace"], "what was kept before stays"
    folder.check("graph", "one")
    with pytest.raises(TraceNotKept, match=rf"is not kept here: no traces are kept \({RETENTION}=none\)"):
        folder.check("graph", "two")


def test_another_retention_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RETENTION, "half")
    with pytest.raises(InvalidRequest, match=f"{RETENTION}.* must be one of whole, pruned, none, not 'half'"):
        TraceFolder(str(tmp_path), set)


def test_a_place_that_cannot_be_used_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(TracesUnavailable, match="at nosuch://ada@bucket cannot be used: Protocol not known"):
        TraceFolder("nosuch://ada:secret@bucket", set).files.open_place()
    (tmp_path / "file").touch()
    folder = TraceFolder(str(tmp_path / "file" / "traces"), lambda: {"one"})
    with pytest.raises(TracesUnavailable, match="Not a directory"):
        keep(folder, tmp_path, "one", 10)
    assert (tmp_path / "written").exists(), "it is the caller's still"
