"""Neuronpedia's own answers: many features in one request, else one by one, else from their pages.

batch endpoint, halved where it fails -> single endpoint -> page
"""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ingest.annotation.page import read_page
from ingest.annotation.reading import MAX_EXAMPLES, UNREADABLE, Known, Place, place_of, read_known
from ingest.annotation.web import Fault, NotThere, Web

BATCH = 1000
"""Features of one request. Neuronpedia's own page asks for up to 2,048."""
MAX_FAULTS = 3
"""Features in a row for which a way gave no answer, after which it is not tried again."""


def page_path(place: Place) -> str:
    return "/" + "/".join(quote(str(part), safe="") for part in place)


class Neuronpedia:
    """Asks for features; `problems` are sentences on what did not work."""

    def __init__(self, web: Web, *, batch: int = BATCH) -> None:
        self._web, self._size = web, batch
        self._batch_works, self._batch_answered, self._lone_faults, self._faults = True, False, 0, 0
        self.problems: list[str] = []

    def ask(self, places: Sequence[Place]) -> Iterator[dict[Place, Known]]:
        """What is said of the features, as answers come. A feature of which nothing usable was said is left out.

        Raises Away, OutOfTime; and Fault where nothing at all answers any more.
        """
        chunks = deque(places[begin : begin + self._size] for begin in range(0, len(places), self._size))
        while chunks:
            chunk = chunks.popleft()
            if not self._batch_works:
                for place in chunk:
                    yield self._one(place)
                continue
            try:
                found, torn = self._many(chunk)
            except NotThere:
                self._batch_works = False
                chunks.appendleft(chunk)
            except Fault as fault:
                if len(chunk) > 1:
                    middle = len(chunk) // 2
                    chunks.extendleft([chunk[middle:], chunk[:middle]])
                    continue
                self._lone_faults += 1
                if not self._batch_answered or self._lone_faults >= MAX_FAULTS:
                    self._batch_works = False
                    self.problems.append(f"the batch endpoint does not answer: {fault}")
                yield self._one(chunk[0])
            else:
                self._batch_answered, self._lone_faults, self._faults = True, 0, 0
                yield found
                for place in torn:
                    yield self._one(place)

    def _many(self, places: Sequence[Place]) -> tuple[dict[Place, Known], list[Place]]:
        """What one request says of the features, those that it leaves out among them; and those whose part of the
        answer cannot be read. Raises NotThere, Fault."""
        body = [
            {
                "modelId": place.model,
                "layer": place.source,
                "index": place.number,
                "maxActsToReturn": MAX_EXAMPLES,
            }
            for place in places
        ]
        answer = _json(self._web.ask("POST", "/api/features", json=body, attempts=1))
        if not isinstance(answer, list):
            raise Fault("the batch endpoint answers in another shape")
        now = datetime.now(UTC)
        # Equal indices of two layers come in any order, so an answer's place in the list says nothing.
        wanted, found = set(places), dict.fromkeys(places, Known())
        torn, n_unnamed = set[Place](), 0
        for entry in answer:
            try:
                place = place_of(entry)
            except UNREADABLE:
                n_unnamed += 1
                continue
            if place not in wanted:
                continue
            try:
                found[place] = read_known(entry, "batch", now)
            except UNREADABLE:
                torn.add(place)
        if n_unnamed:  # it may be any of those that seem to be missing
            torn |= {place for place in places if found[place] == Known()}
        return {place: known for place, known in found.items() if place not in torn}, sorted(torn)

    def _one(self, place: Place) -> dict[Place, Known]:
        """What the single endpoint says of a feature, else its page. Raises Fault where nothing answers any more."""
        try:
            known = self._single(place)
        except NotThere:
            known = Known()
        except Fault:
            try:
                known = self._page(place)
            except NotThere:
                known = Known()
            except Fault as fault:
                self._faults += 1
                if self._faults >= MAX_FAULTS:
                    raise
                self.problems.append(str(fault))
                return {}
        self._faults = 0
        return {place: known}

    def _single(self, place: Place) -> Known:
        entry = _json(self._web.ask("GET", "/api/feature" + page_path(place)))
        return _known(entry, place, "feature")

    def _page(self, place: Place) -> Known:
        html = self._web.ask("GET", page_path(place)).text
        for entry in read_page(html):
            try:
                return _known(entry, place, "page")
            except Fault:
                continue
        raise Fault(f"the page {page_path(place)} is not as it was: the feature was not found in it")


def _known(entry: Any, place: Place, origin: str) -> Known:
    try:
        if place_of(entry) == place:
            return read_known(entry, origin, datetime.now(UTC))
    except UNREADABLE as error:
        raise Fault(f"{page_path(place)} has another shape: {type(error).__name__}") from error
    raise Fault(f"{page_path(place)} is another feature")


def _json(answer: Any) -> Any:
    try:
        return answer.json()
    except (ValueError, RecursionError) as error:
        raise Fault("an answer is no JSON") from error
