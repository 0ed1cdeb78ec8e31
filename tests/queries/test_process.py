"""A child process: it is spoken to line by line, and leaves nothing behind."""

from pathlib import Path

import pytest

from queries.process import ChildProcess, process_exists

pytestmark = pytest.mark.slow

ECHO = """
import sys
from queries.process import claim_stdout, live_with_parent, write_line

live_with_parent()
answers = claim_stdout()
for line in sys.stdin.buffer:
    print("not an answer")
    write_line(answers, line.strip())
"""


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChildProcess:
    (tmp_path / "echo_child.py").write_text(ECHO)
    monkeypatch.syspath_prepend(tmp_path)  # a child imports what its parent imports
    return ChildProcess("echo_child")


def test_each_document_is_answered_by_a_line(child: ChildProcess) -> None:
    for document in (b'{"one": 1}', b"[2]"):
        child.send(document)
        for line in child.lines:  # leaving the loop leaves the rest to the next one
            assert line == document + b"\n"
            break
    assert process_exists(child.pid)
    child.end()
    assert not process_exists(child.pid)
    assert not child.alive


def test_a_killed_child_s_lines_end(child: ChildProcess) -> None:
    child.kill()
    assert not child.alive
    child.send(b"{}")
    assert list(child.lines) == []
    assert child.wait() < 0
    child.end()
    child.send(b"{}")
