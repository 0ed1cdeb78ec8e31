"""The internals of stored graphs' prompts, read from their files as they are asked for, and kept for a while."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

import ingest
from queries.errors import InternalsNotComputed
from queries.internals.findings import Findings, InternalsFound, InternalsQuestion
from queries.internals.records import InternalsRecord, Part
from queries.internals.weighted import PatternKind, pattern_of_kind, without_first_key
from queries.store.store import GraphStore

Array: TypeAlias = npt.NDArray[Any]

KEPT_BYTES = 256 << 20
"""Of arrays that are held after they were read: a page asks for those of one prompt, again and again."""
KEPT_FILES = 16
"""Files whose records are held."""


@dataclass(eq=False)
class PromptInternals:
    """The internals of one graph's prompt."""

    record: InternalsRecord
    findings: Findings
    names: frozenset[str]
    """Of the arrays that there are."""
    _shelf: "Shelf"

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def array(self, part: Part, name: str) -> Array:
        """Raises InternalsNotComputed where the part has no such array."""
        if name not in self.names:
            raise InternalsNotComputed(self.record.graph_id, self._why_not(part))
        return self._shelf.array(self.record, name)

    def _why_not(self, part: Part) -> str:
        if part not in self.record.parameters.parts:
            return f"the part {part} was not asked for: compute them again with it"
        known = self.record.missing.get(part)
        return f"the part {part} has none of these" if known is None else known.removesuffix(".")


@dataclass(eq=False)
class Shelf:
    folder: ingest.InternalsFolder
    store: GraphStore
    _files: OrderedDict[str, PromptInternals] = field(default_factory=OrderedDict)
    _arrays: OrderedDict[tuple[str, str], Array] = field(default_factory=OrderedDict)
    _changing: Lock = field(default_factory=Lock)

    def record(self, graph_id: str) -> InternalsRecord:
        """Raises GraphNotFound, InternalsNotComputed."""
        record = self.store.internals_record(graph_id)
        if record is None:
            raise InternalsNotComputed(
                graph_id, "they were not computed (POST asks for them, or circuit-explorer internals)"
            )
        return record

    def of(self, graph_id: str) -> PromptInternals:
        """Raises GraphNotFound, InternalsNotComputed, InvalidGraph for a damaged file."""
        record = self.record(graph_id)
        with self._changing:
            known = self._files.get(record.id)
        if known is None:
            with self.folder.open(graph_id, record.id) as file:
                known = PromptInternals(record, file.findings, frozenset(file.names), self)
        with self._changing:
            self._files[record.id] = known
            self._files.move_to_end(record.id)
            if len(self._files) > KEPT_FILES:
                self._files.popitem(last=False)
        return known

    def array(self, record: InternalsRecord, name: str) -> Array:
        """Raises InternalsNotComputed, InvalidGraph for a damaged file."""
        place = record.id, name
        with self._changing:
            if place in self._arrays:
                self._arrays.move_to_end(place)
                return self._arrays[place]
        with self.folder.open(record.graph_id, record.id) as file:
            array = file.array(name)
        with self._changing:
            self._arrays[place] = array
            while sum(each.nbytes for each in self._arrays.values()) > KEPT_BYTES and len(self._arrays) > 1:
                self._arrays.popitem(last=False)
        return array

    def answer(self, graph_id: str, question: InternalsQuestion) -> InternalsFound:
        """The answer to a question that was asked before. Raises GraphNotFound, InternalsNotComputed."""
        found = self.folder.answer(self.record(graph_id).id, question)
        if found is None:
            raise InternalsNotComputed(graph_id, "this was not asked yet (POST asks it)")
        return found

    def patterns(
        self,
        internals: PromptInternals,
        layer: int,
        kind: PatternKind | Literal["logit"],
        *,
        without_first: bool = False,
    ) -> Array:
        """(H, n, n) float32 of a layer. `without_first`: the first key is NaN, what is left of a pattern's row
        is scaled to add up to 1, and weights are by the largest norm of the other keys."""

        if kind == "logit":
            cells = internals.array("logits", f"cells/{layer}").astype(np.float32)
            scaled: Array = cells * np.float32(internals.array("logits", "cells_scale")[layer])
            if without_first:
                scaled[..., 0] = np.nan
            return scaled
        pattern = internals.array("attention", f"pattern/{layer}").astype(np.float32)
        if without_first:
            pattern = without_first_key(pattern)
        if kind == "standard":
            return pattern
        norm = internals.array("attention", "value_norm" if kind == "value-weighted" else "info_norm")[layer]
        if without_first:
            norm = norm.copy()
            norm[..., 0] = np.nan
        return pattern_of_kind(kind, pattern, norm, norm)
