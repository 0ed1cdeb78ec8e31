"""A process that is killed while it stores a prompt's internals in place of others leaves either of them whole."""

import subprocess
import sys
import time

import numpy as np
import pytest

from queries.internals.records import Internals
from queries.store.open import open_store
from tests.queries.internals.samples import many_links_of
from tests.support.engines import Engine
from tests.support.kills import ROOT, await_transactions
from tests.support.synthetic_graphs import SMALL, synthetic_graph

pytestmark = pytest.mark.slow

GRAPH = synthetic_graph(SMALL, 0)
BEFORE, AFTER = many_links_of(GRAPH, "before", 1), many_links_of(GRAPH, "after", 2)
PARTS = (0.2, 0.5, 0.8, 1.1)
"""When kills fall, as parts of the time that storing takes."""


def _put_when_told() -> None:
    """The process that is killed. The URL comes by stdin: it may hold a password."""
    with open_store(sys.stdin.readline().strip()) as store:
        print("open", flush=True)
        sys.stdin.readline()
        store.put_internals(GRAPH, AFTER)
        print("stored", flush=True)
        sys.stdin.readline()


def killed(url: str, after: float) -> bool:
    """Kill a process `after` seconds into its storing. Returns whether it had ended."""
    command = f"from {__name__} import _put_when_told; _put_when_told()"
    with subprocess.Popen(
        [sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        print(url, file=process.stdin, flush=True)
        assert process.stdout.readline() == "open\n"
        print(file=process.stdin, flush=True)
        time.sleep(after)
        process.kill()
        said, _ = process.communicate()
    return said == "stored\n"


def check_whole(found: Internals | None, stored: Internals) -> None:
    assert found is not None
    for mine, others in ((found.read, stored.read), (found.written, stored.written)):
        np.testing.assert_array_equal(mine.node, others.node)
        np.testing.assert_array_equal(mine.head, others.head)
        np.testing.assert_array_equal(mine.weight, others.weight)
    for name, values in stored.heads.statistics.items():
        np.testing.assert_array_equal(found.heads.statistics[name], values)


def test_a_killed_one_leaves_the_old_or_the_new(engine: Engine) -> None:
    with open_store(engine.url) as store:
        store.load(GRAPH)
        store.put_internals(GRAPH, AFTER)
        started = time.perf_counter()
        store.put_internals(GRAPH, BEFORE)
        duration = time.perf_counter() - started
    counts = engine.count()
    left = []
    for part in PARTS:
        ended = killed(engine.url, part * duration)
        with open_store(engine.url) as store:
            if engine.name == "neo4j":
                await_transactions(engine)
            found = store.internals(GRAPH.record.id)
            assert found is not None
            is_new = found.record.id == AFTER.record.id
            check_whole(found, AFTER if is_new else BEFORE)
            assert is_new or not ended
            left.append(is_new)
            store.put_internals(GRAPH, BEFORE)
            check_whole(store.internals(GRAPH.record.id), BEFORE)
        assert engine.count() == counts
    assert not all(left)
