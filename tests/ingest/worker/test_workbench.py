"""Work on whole traces and large files in a process of its own: bounded, and cleaned up after."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from ingest.graph_file.about import ImportOptions
from ingest.traces.folder import TraceFolder
from ingest.worker import workbench
from ingest.worker.workbench import Workbench
from queries.errors import InvalidGraph, WorkerUnavailable
from queries.limits import ClientLeft
from queries.paths.question import PathsQuestion
from tests.support.graphs import make_graph
from tests.support.patience import PATIENCE, has_ended, soon

pytestmark = pytest.mark.slow


def test_what_was_left_by_a_killed_server_goes_but_not_a_running_ones(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / "whole" / f"{ended.pid}-left").mkdir(parents=True)
    (tmp_path / "whole" / f"{os.getpid()}-another").mkdir()
    bench = Workbench(tmp_path, TraceFolder(str(tmp_path / "traces"), set))
    (another,) = (tmp_path / "whole").iterdir()
    another.rmdir()
    with bench.file() as file:
        file.write_text("{}")
        with pytest.raises(InvalidGraph, match="metadata: missing"):
            bench.import_file(file, ImportOptions(), None)
        assert file.exists(), "it is the caller's until the end"
    assert not list((tmp_path / "whole").iterdir())
    bench.close()


def test_those_beyond_the_few_that_wait_are_sent_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbench, "MOST_WAITING", 0)
    bench = Workbench(tmp_path, TraceFolder(str(tmp_path / "traces"), set))
    with bench.file() as file, pytest.raises(WorkerUnavailable, match="one at a time"):
        bench.import_file(file, ImportOptions(), None)
    bench.close()


def test_a_process_whose_client_leaves_is_ended(tmp_path: Path) -> None:
    (tmp_path / "traces").mkdir()
    os.mkfifo(tmp_path / "traces" / "never.trace")  # reading it waits for a writer that does not come
    graph = make_graph("EFL", {(0, 1): 1, (1, 2): 1}, trace_id="never")
    bench = Workbench(tmp_path, TraceFolder(str(tmp_path / "traces"), set))
    left, ended = Event(), list[BaseException]()

    def ask() -> None:
        try:
            bench.rank(graph, PathsQuestion(), left)
        except BaseException as error:
            ended.append(error)

    asking = [Thread(target=ask) for _ in range(2)]  # the second waits for the first to end
    for thread in asking:
        thread.start()
    assert soon(lambda: bench._tracer.pid)
    pid = bench._tracer.pid
    left.set()
    for thread in asking:
        thread.join(PATIENCE)
    assert [type(error) for error in ended] == [ClientLeft, ClientLeft]
    assert pid is not None and soon(lambda: has_ended(pid))
    assert not list((tmp_path / "whole").iterdir())
    bench.close()
