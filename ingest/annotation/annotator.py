"""What the features of a graph are, from all sources in turn, and what could not be found out.

the transcoder set's own file -> cache -> bulk files -> Neuronpedia
"""

import logging
import os
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import Field

from ingest.annotation.budget import Budget
from ingest.annotation.bulk import BulkFiles
from ingest.annotation.cache import Cache
from ingest.annotation.deadline import Deadline, OutOfTime
from ingest.annotation.file import read_explanations
from ingest.annotation.neuronpedia import BATCH, Neuronpedia, page_path
from ingest.annotation.reading import Known, Place, is_explained, merged, said_or_made
from ingest.annotation.web import Away, Fault, Web
from ingest.models import Registry
from ingest.names import known_sets, neuronpedia_source
from queries.errors import CircuitExplorerError, InvalidRequest
from queries.graph.facts import FeatureFacts
from queries.graph.features import Explanation, FeatureId, site_of
from queries.graph.records import GraphRecord, Record

log = logging.getLogger(__name__)

ADDRESS = "https://www.neuronpedia.org"
OFF = "off"
VARIABLE, BULK_VARIABLE = "CIRCUIT_EXPLORER_NEURONPEDIA", "CIRCUIT_EXPLORER_NEURONPEDIA_FILES"
MAX_PROBLEMS = 10
"""Sentences of a report: where much fails, more say nothing new."""


class AnnotationReport(Record):
    """How far the annotation of a graph came."""

    n_features: int = Field(description="Features of the graph")
    n_explained: int = Field(description="Of them, those that have an explanation")
    n_missing: int = Field(description="Those that Neuronpedia does not have")
    n_left: int = Field(
        description="Those that were not asked for yet, or of which no answer came: ask again"
    )
    unknown_sets: list[str] = Field(
        description="Transcoder sets for which no table names a source of Neuronpedia's"
    )
    problems: list[str] = Field(description="What did not work, in sentences")
    resumes_in: float | None = Field(
        None, description="Seconds in which Neuronpedia takes no more requests from here"
    )


class Annotation(NamedTuple):
    """Explanations of a graph's features, and the report on them."""

    explanations: dict[FeatureId, list[Explanation]]
    report: AnnotationReport


@dataclass
class _Work:
    """An annotation under way."""

    known: dict[Place, Known] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    resumes_in: float | None = None

    def left(self, places: Iterable[Place]) -> list[Place]:
        return [place for place in places if place not in self.known or not self.known[place].is_complete]

    def add(self, found: dict[Place, Known]) -> None:
        for place, known in found.items():
            before = self.known.get(place)
            if before is not None:  # of bulk files: what an endpoint says of it comes beside
                explanations = merged([*known.explanations, *before.explanations])
                facts = known.facts or before.facts
                known = known.model_copy(update={"explanations": explanations, "facts": facts})
            self.known[place] = known


class Annotator:
    """The sources of one installation.

    `address`: Neuronpedia's; `off`: it is never asked.
    `files`: the folder or URL of its public data set.
    """

    def __init__(
        self,
        data: Path,
        registry: Registry,
        address: str = OFF,
        files: str | None = None,
        *,
        batch: int = BATCH,
    ) -> None:
        if address != OFF and urlsplit(address).scheme not in ("http", "https"):
            raise InvalidRequest(VARIABLE, f"give an address, or {OFF}")
        self._data, self._registry, self._address, self._files = data, registry, address, files
        self._cache, self._budget = Cache(data), Budget(data)
        self._batch = batch

    @classmethod
    def from_environment(cls, data: Path, registry: Registry) -> "Annotator":
        """Raises InvalidRequest."""
        return cls(data, registry, os.environ.get(VARIABLE) or ADDRESS, os.environ.get(BULK_VARIABLE) or None)

    def annotate(
        self,
        record: GraphRecord,
        features: Iterable[FeatureId],
        seconds: float,
        *,
        ask: bool = True,
        stopping: Event | None = None,
    ) -> Annotation:
        """What is known of a graph's features after so many seconds at most; the rest another call finds out.

        Without `ask`, Neuronpedia is not one of the sources. Whatever fails is told in the report, never raised.
        """
        wanted = list(dict.fromkeys(features))
        work, found = _Work(), self._of_set(record, wanted)
        places, unknown = self._places(record, wanted)
        try:
            self._work(work, list(places.values()), ask, Deadline(seconds, stopping))
        except (sqlite3.Error, OSError) as error:
            log.warning("Features cannot be kept in %s. %s", self._data, error)
            work.problems.append(f"The data folder cannot be used for what is known of features: {error}.")
        for feature, place in places.items():
            if place in work.known:
                found[feature] = merged([*found.get(feature, []), *said_or_made(work.known[place])])
        n_missing = sum(known == Known() for known in work.known.values())
        report = AnnotationReport(
            n_features=len(wanted),
            n_explained=sum(is_explained(found.get(feature, [])) for feature in wanted),
            n_missing=n_missing,
            n_left=len(work.left(places.values())),
            unknown_sets=sorted(unknown),
            problems=list(dict.fromkeys(work.problems))[:MAX_PROBLEMS],
            resumes_in=work.resumes_in,
        )
        return Annotation({feature: texts for feature, texts in found.items() if texts}, report)

    def facts(self, model: str, transcoder_set: str, layer: int, index: int) -> FeatureFacts | None:
        """What is kept of a feature; None: nothing, or it cannot be read."""
        place = self._place(model, transcoder_set, layer, index)
        if place is None:
            return None
        try:
            known = self._cache.get([place]).get(place)
        except (sqlite3.Error, OSError) as error:
            log.warning("What is known of features cannot be read. %s", error)
            return None
        return None if known is None else known.facts

    def page(self, model: str, transcoder_set: str, layer: int, index: int) -> str | None:
        """The address of a feature's page; None where no table says it."""
        place = self._place(model, transcoder_set, layer, index)
        base = ADDRESS if self._address == OFF else self._address.rstrip("/")
        return place and base + page_path(place)

    def _place(self, model: str, transcoder_set: str, layer: int, index: int) -> Place | None:
        source = neuronpedia_source(model, transcoder_set, layer, known_sets(self._data))
        return source and Place(*source, index)

    def _places(
        self, record: GraphRecord, features: list[FeatureId]
    ) -> tuple[dict[FeatureId, Place], set[str]]:
        """Where Neuronpedia has the features; and the sets of those of which no table says it."""
        sets, places, unknown = known_sets(self._data), dict[FeatureId, Place](), set[str]()
        for feature in features:
            layer, index, *_ = feature
            name = record.transcoder_set if site_of(feature) is None else record.attention_set
            source = neuronpedia_source(record.model, name, layer, sets) if name else None
            if source is None:
                unknown.add(name or "the attention features'")
            else:
                places[feature] = Place(*source, index)
        return places, unknown if self._set_file(record) is None else set()

    def _set_file(self, record: GraphRecord) -> Path | None:
        try:
            return self._registry.find(record.model, record.transcoder_set)[1].explanations
        except CircuitExplorerError:
            return None

    def _of_set(self, record: GraphRecord, features: list[FeatureId]) -> dict[FeatureId, list[Explanation]]:
        """What the file says that `models.toml`, or the bundle of the demo, gives the transcoder set."""
        path = self._set_file(record)
        return {} if path is None else read_explanations(path, set(features))

    def _work(self, work: _Work, places: list[Place], ask: bool, deadline: Deadline) -> None:
        """Raises sqlite3.Error, OSError."""
        work.add(self._cache.get(places))
        if not work.left(places):
            return
        address = self._address if ask and self._address != OFF else None
        try:
            if self._files is not None or address is not None:
                with self._cache.asking(deadline):
                    work.add(self._cache.get(work.left(places)))  # another may have asked meanwhile
                    self._read_files(work, places, deadline)
                    if address is not None:
                        self._ask(work, work.left(places), address, deadline)
        except OutOfTime as end:
            work.resumes_in = end.resumes_in or None
            return
        if address is None and work.left(places):
            why = f": {VARIABLE} is {OFF}" if self._address == OFF else ""
            work.problems.append(f"Neuronpedia was not asked{why}.")

    def _read_files(self, work: _Work, places: list[Place], deadline: Deadline) -> None:
        if self._files is None:
            return
        wanted: dict[tuple[str, str], set[int]] = {}
        for model, source, index in work.left(places):
            wanted.setdefault((model, source), set()).add(index)
        files = BulkFiles(self._files, self._data, deadline)
        try:
            for (model, source), indices in wanted.items():
                deadline.check()
                known = files.read(model, source, indices)
                self._keep(work, {Place(model, source, index): one for index, one in known.items()})
        finally:
            work.problems += files.problems

    def _ask(self, work: _Work, places: list[Place], address: str, deadline: Deadline) -> None:
        web = Web(address, self._budget, deadline)
        neuronpedia = Neuronpedia(web, batch=self._batch)
        try:
            for found in neuronpedia.ask(places):
                self._keep(work, found)
        except Away as away:
            work.problems.append(f"Neuronpedia is away: {away}.")
        except Fault as fault:
            work.problems.append(f"Neuronpedia does not answer: {fault}.")
        finally:
            work.problems += neuronpedia.problems
            web.close()

    def _keep(self, work: _Work, found: dict[Place, Known]) -> None:
        work.add(found)
        self._cache.put({place: work.known[place] for place in found})
