"""What the features of a graph are, from all sources in turn, and what could not be found out.

the transcoder set's own file of explanations -> cache -> bulk files -> Neuronpedia -> the set's own feature files

The feature files come last, for features of which nothing but words is known by then: they have no words, so that
Neuronpedia is asked anyhow, which says the same of 1,000 features in a request, and where they are at an address each
feature takes one.
"""

import logging
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
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
from ingest.annotation.feature_files import FeatureFiles, FilesAt, kept_at
from ingest.annotation.file import read_explanations
from ingest.annotation.neuronpedia import BATCH, Neuronpedia, page_path
from ingest.annotation.reading import Known, Place, merged, said_or_made
from ingest.annotation.web import Away, Fault, Web
from ingest.models import Registry, TranscoderEntry
from ingest.names import (
    HUB,
    TranscoderSet,
    is_url,
    known_sets,
    neuronpedia_source,
    set_of,
    viewer_address,
)
from queries.errors import CircuitExplorerError, InvalidRequest
from queries.graph.facts import FeatureFacts
from queries.graph.features import Explanation, FeatureId, is_explained, site_of
from queries.graph.records import GraphRecord, Record

log = logging.getLogger(__name__)

HUB_VARIABLE, HUB_OFFLINE = "HF_ENDPOINT", "HF_HUB_OFFLINE"
"""The hub's own: where it is, and that it is not asked."""
ADDRESS = "https://www.neuronpedia.org"
OFF = "off"
VARIABLE, BULK_VARIABLE = "CIRCUIT_EXPLORER_NEURONPEDIA", "CIRCUIT_EXPLORER_NEURONPEDIA_FILES"
TRUE = {"1", "ON", "YES", "TRUE"}
"""As the hub's library reads its variables."""
KEPT_AT_ONCE = 50
"""Features of feature files: each transaction waits for the disk."""
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

    def has_facts(self, place: Place | None) -> bool:
        return place in self.known and self.known[place].facts is not None

    def is_left(self, place: Place) -> bool:
        return place not in self.known or not self.known[place].is_complete

    def left(self, places: Iterable[Place]) -> list[Place]:
        return [place for place in places if self.is_left(place)]

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
    `hub`: where feature files of sets are that circuit-tracer loads by name; `off`: it is never asked.
    """

    def __init__(
        self,
        data: Path,
        registry: Registry,
        address: str = OFF,
        files: str | None = None,
        *,
        hub: str = OFF,
        batch: int = BATCH,
    ) -> None:
        if address != OFF and urlsplit(address).scheme not in ("http", "https"):
            raise InvalidRequest(VARIABLE, f"give an address, or {OFF}")
        self._data, self._registry, self._address, self._files = data, registry, address, files
        self._cache, self._budget = Cache(data), Budget(data)
        self._hub, self._batch = hub, batch

    @classmethod
    def from_environment(cls, data: Path, registry: Registry) -> "Annotator":
        """Raises InvalidRequest."""
        address = os.environ.get(VARIABLE) or ADDRESS
        is_off = address == OFF or os.environ.get(HUB_OFFLINE, "").upper() in TRUE
        hub = OFF if is_off else os.environ.get(HUB_VARIABLE) or HUB
        return cls(data, registry, address, os.environ.get(BULK_VARIABLE) or None, hub=hub)

    def annotate(
        self,
        record: GraphRecord,
        features: Iterable[FeatureId],
        seconds: float,
        *,
        ask: bool = True,
        one_by_one: bool = True,
        stopping: Event | None = None,
    ) -> Annotation:
        """What is known of a graph's features after so many seconds at most; the rest another call finds out.

        Without `ask`, Neuronpedia is not one of the sources, nor are feature files at an address; without `one_by_one`
        these are not. Whatever fails is told in the report, never raised.
        """
        wanted = list(dict.fromkeys(features))
        work, found = _Work(), self._of_set(record, wanted)
        places, unknown = self._places(record, wanted)
        left, deadline = set[FeatureId](), Deadline(seconds, stopping)
        try:
            self._work(work, list(places.values()), ask, deadline)
            asked = {feature: places.get(feature) for feature in wanted}
            left = self._read_feature_files(work, record, asked, ask and one_by_one, deadline)
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
            n_left=len(left.union(feature for feature, place in places.items() if work.is_left(place))),
            unknown_sets=sorted(unknown),
            problems=list(dict.fromkeys(work.problems))[:MAX_PROBLEMS],
            resumes_in=work.resumes_in,
        )
        return Annotation({feature: texts for feature, texts in found.items() if texts}, report)

    def facts(self, model: str, transcoder_set: str, layer: int, index: int) -> FeatureFacts | None:
        """What is kept of a feature; None: nothing, or it cannot be read."""
        places = [self._place(model, transcoder_set, layer, index)]
        if files := self._feature_files(model, transcoder_set, known_sets(self._data)):
            places.append(kept_at(files.base, layer, index))
        try:
            kept = self._cache.get(place for place in places if place is not None)
        except (sqlite3.Error, OSError) as error:
            log.warning("What is known of features cannot be read. %s", error)
            return None
        return next((known.facts for known in kept.values() if known.facts is not None), None)

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
            name = _set_name(record, feature)
            source = neuronpedia_source(record.model, name, layer, sets) if name else None
            if source is None:
                unknown.add(name or "the attention features'")
            else:
                places[feature] = Place(*source, index)
        return places, unknown if self._set_file(record) is None else set()

    def _set_file(self, record: GraphRecord) -> Path | None:
        entry = self._entry(record.model, record.transcoder_set)
        return None if entry is None else entry.explanations

    def _entry(self, model: str, transcoder_set: str) -> TranscoderEntry | None:
        """What `models.toml`, or the bundle of the demo, says of a set."""
        try:
            return self._registry.find(model, transcoder_set)[1]
        except CircuitExplorerError:
            return None

    def _feature_files(self, model: str, name: str, sets: Sequence[TranscoderSet]) -> FilesAt | None:
        """Where a set's own feature files are; None: nothing says it."""
        entry, known = self._entry(model, name), set_of(model, name, sets)
        named = (entry and entry.features) or (known and known.features)
        if named:
            return FilesAt(named, is_named=True)
        scan = (known and known.scan) or (entry.source if entry and not entry.is_local else None)
        address = viewer_address(scan, HUB if self._hub == OFF else self._hub) if scan else None
        return FilesAt(address, is_named=False) if address else None

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

    def _read_feature_files(
        self,
        work: _Work,
        record: GraphRecord,
        places: dict[FeatureId, Place | None],
        ask: bool,
        deadline: Deadline,
    ) -> set[FeatureId]:
        """Keep what their sets' feature files say of the features of which no facts are known. Those that are left.

        Where circuit-tracer's viewer looks, only those are asked for that Neuronpedia was found to lack.

        Raises sqlite3.Error, OSError.
        """
        sets, wanted = known_sets(self._data), dict[FilesAt, dict[Place, FeatureId]]()
        for feature, place in places.items():
            name = _set_name(record, feature)
            files = self._feature_files(record.model, name, sets) if name else None
            if files is None or (is_url(files.base) and not ask) or work.has_facts(place):
                continue
            if files.is_named or (self._hub != OFF and not (place and work.is_left(place))):
                layer, index, *_ = feature
                wanted.setdefault(files, {})[kept_at(files.base, layer, index)] = feature
        left = set[FeatureId]()
        for files, features in wanted.items():
            known = self._cache.get(features)
            unknown = [place for place in features if place not in known]
            if unknown:
                known |= self._ask_files(work, files, unknown, deadline)
            left |= {feature for place, feature in features.items() if place not in known}
        return left

    def _ask_files(
        self, work: _Work, files: FilesAt, places: list[Place], deadline: Deadline
    ) -> dict[Place, Known]:
        """What the files say of these features in the time that is left. Raises sqlite3.Error, OSError."""
        reader, found = FeatureFiles(files, self._data, deadline), dict[Place, Known]()
        with suppress(OutOfTime), self._cache.asking(deadline):
            found |= self._cache.get(places)  # another may have asked meanwhile
            unknown = [(int(place.source), place.number) for place in places if place not in found]
            fresh: dict[Place, Known] = {}
            try:
                for feature, known in reader.read(unknown):
                    fresh[kept_at(files.base, *feature)] = known
                    if len(fresh) == KEPT_AT_ONCE:
                        self._cache.put(fresh)
                        found |= fresh
                        fresh = {}
            finally:
                self._cache.put(fresh)
                found |= fresh
        work.problems += reader.problems
        return found

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


def _set_name(record: GraphRecord, feature: FeatureId) -> str | None:
    """The set of a feature; None: the graph does not name that of its attention features."""
    return record.transcoder_set if site_of(feature) is None else record.attention_set
