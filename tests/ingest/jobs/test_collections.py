"""A job's graph goes into the collection that was asked for, whether or not it was stored before."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.jobs.queue import JobQueue
from queries.errors import DatabaseUnavailable
from queries.graph.records import JobState
from queries.store.collections.collections import CollectionRecord
from queries.store.collections.kept import KeptCollections
from tests.ingest.jobs.test_queue import ask, open_queue, wait
from tests.support.patience import TRACING
from tests.support.tiny_model import PROMPT, write_models_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[JobQueue]:
    data = tmp_path_factory.mktemp("collected")
    write_models_file(data, tiny)
    with open_queue(data) as queue:
        queue.start()
        yield queue


def test_graphs_of_a_batch_go_into_their_collections(queue: JobQueue) -> None:
    other = PROMPT.replace("Dallas", "Oakland")
    first, twice, second, none = queue.submit_all(
        [
            ask(PROMPT, collection="cities"),
            ask(PROMPT, collection="best"),
            ask(other, collection="cities"),
            ask("Texas is"),
        ]
    )
    ended = [wait(queue, job, JobState.DONE) for job in (first, twice, second, none)]
    assert [job.collection for job in ended] == ["cities", "best", "cities", None]
    one, again, two, three = (job.graph_id for job in ended)
    assert one == again and None not in (one, two, three)
    collections = queue.store.collections
    assert collections.graphs("cities") == sorted([str(one), str(two)])
    assert collections.of(str(one)) == ["best", "cities"] and collections.of(str(three)) == []


def test_it_is_put_there_again_without_a_change(queue: JobQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away meanwhile is waited for."""
    asked: list[str] = []
    change = KeptCollections.change

    def away_once(kept: KeptCollections, name: str, **graphs: Any) -> CollectionRecord:
        asked.append(name)
        if len(asked) == 1:
            raise DatabaseUnavailable("ladybug:///x", "it is away.")
        change(kept, name, **graphs)
        return change(kept, name, **graphs)

    monkeypatch.setattr(KeptCollections, "change", away_once)
    job = wait(queue, queue.submit(ask("The capital is", collection="new")), JobState.DONE)
    assert asked == ["new", "new"]
    assert queue.store.collections.graphs("new") == [job.graph_id]
