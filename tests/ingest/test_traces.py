"""The folder of kept traces: what is found, what is dropped, and what is said of one that is not there."""

import logging
import os
from pathlib import Path

import pytest

from ingest.traces import LIMIT, TraceFolder
from queries.errors import TraceNotKept


def keep(folder: TraceFolder, tmp_path: Path, trace_id: str, size: int, age: int) -> None:
    written = tmp_path / "written"
    written.write_bytes(bytes(size))
    os.utime(written, (1_000_000 - age, 1_000_000 - age))
    folder.keep(trace_id, written)


def test_a_kept_trace_is_found_until_it_is_dropped(tmp_path: Path) -> None:
    stored = {"one"}
    folder = TraceFolder(tmp_path / "traces", lambda: stored)
    keep(folder, tmp_path, "one", 10, age=0)
    folder.drop("one")
    assert folder.find("graph", "one").read_bytes() == bytes(10), "a graph was pruned from it"
    stored.clear()
    folder.drop("one")
    folder.drop("one")
    with pytest.raises(TraceNotKept, match="'graph' is not kept here: its file was made elsewhere"):
        folder.find("graph", "one")


def test_one_whose_graph_was_deleted_meanwhile_is_not_kept(tmp_path: Path) -> None:
    folder = TraceFolder(tmp_path / "traces", set)
    keep(folder, tmp_path, "one", 10, age=0)
    assert not folder.path("one").exists()


def test_a_graph_without_a_trace_says_so(tmp_path: Path) -> None:
    with pytest.raises(TraceNotKept, match="imported as it is"):
        TraceFolder(tmp_path, set).find("graph", None)


def test_the_oldest_are_dropped_and_said_to_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = TraceFolder(tmp_path / "traces", lambda: {"a", "b", "c", "large"}, limit=25)
    with caplog.at_level(logging.WARNING):
        for age, trace_id in ((1, "b"), (3, "a"), (2, "c")):
            keep(folder, tmp_path, trace_id, 10, age)
        assert "The trace a is dropped" in caplog.text
        assert folder.find("graph", "b") and folder.find("graph", "c")
        keep(folder, tmp_path, "large", 1000, age=9)
    assert [file.stem for file in (tmp_path / "traces").iterdir()] == ["large"], (
        "the newest stays, whatever its size"
    )


def test_the_limit_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIMIT, "0.5")
    with pytest.raises(TraceNotKept, match=r"0\.5 GB"):
        TraceFolder(tmp_path, set).find("graph", "one")
