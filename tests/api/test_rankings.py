"""Threads for rankings: few, with a queue that has an end, and a time that begins with the question."""

import asyncio
from collections.abc import Iterator
from threading import Event

import pytest

from api.rankings import Rankings
from queries.errors import QueryTimeout, ServerBusy
from queries.limits import ClientLeft, Limits
from tests.support.patience import LIMIT, PATIENCE


class Blocked:
    """A ranking that ends when it is told to."""

    def __init__(self) -> None:
        self.begun, self.told = Event(), Event()

    def __call__(self, _: Limits) -> str:
        self.begun.set()
        assert self.told.wait(PATIENCE)
        return "answer"


@pytest.fixture
def blocked() -> Iterator[Blocked]:
    ranking = Blocked()
    yield ranking
    ranking.told.set()


async def has_begun(ranking: Blocked) -> None:
    assert await asyncio.to_thread(ranking.begun.wait, PATIENCE)


def test_a_queue_has_an_end_and_frees_its_places(blocked: Blocked) -> None:
    async def ask() -> None:
        rankings = Rankings(1, 1, PATIENCE)
        first = asyncio.create_task(rankings.run(blocked))
        await has_begun(blocked)
        second = asyncio.create_task(rankings.run(lambda _: "second"))
        await asyncio.sleep(0)
        with pytest.raises(ServerBusy, match="1 questions wait"):
            await rankings.run(lambda _: "third")
        blocked.told.set()
        assert [await first, await second] == ["answer", "second"]
        assert await rankings.run(lambda _: "fourth") == "fourth"
        rankings.close()

    asyncio.run(ask())


def test_time_counts_while_a_question_waits(blocked: Blocked) -> None:
    async def ask() -> None:
        rankings = Rankings(1, 1, LIMIT)
        first = asyncio.create_task(rankings.run(blocked))
        await has_begun(blocked)
        late = Event()
        with pytest.raises(ServerBusy, match="none ended within"):
            await rankings.run(lambda _: late.set())
        with pytest.raises(QueryTimeout):
            await first
        blocked.told.set()
        assert await rankings.run(lambda _: "the thread is free") == "the thread is free"
        assert not late.is_set(), "nobody waits for it any more"
        rankings.close()

    asyncio.run(ask())


def test_a_question_that_waited_for_all_of_its_time_does_not_begin() -> None:
    async def ask() -> None:
        with pytest.raises((QueryTimeout, ServerBusy)):
            await Rankings(1, 1, 0.0).run(lambda _: pytest.fail("it began"))

    asyncio.run(ask())


def test_a_question_whose_client_leaves_gives_its_place_back(blocked: Blocked) -> None:
    async def ask() -> None:
        rankings = Rankings(1, 1, PATIENCE)
        first = asyncio.create_task(rankings.run(blocked))
        await has_begun(blocked)
        for _ in range(3):
            waiting = asyncio.create_task(rankings.run(lambda _: None))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        blocked.told.set()
        assert await first == "answer"
        rankings.close()

    asyncio.run(ask())


def test_a_running_ranking_is_told_that_its_client_left() -> None:
    begun, ended = Event(), Event()

    def endless(limits: Limits) -> None:
        begun.set()
        try:
            while True:
                limits.check()
        except ClientLeft:
            ended.set()
            raise

    async def ask() -> None:
        rankings = Rankings(1, 1, PATIENCE)
        running = asyncio.create_task(rankings.run(endless))
        assert await asyncio.to_thread(begun.wait, PATIENCE)
        running.cancel()
        assert await asyncio.to_thread(ended.wait, PATIENCE)
        rankings.close()

    asyncio.run(ask())
