"""Bulk files of Neuronpedia's public data set, in a folder or at a URL.

    v1/{model}/{source}/explanations/batch-{n}.jsonl.gz     and features/, activations/: a JSON object a line

Files of a URL are kept in the data folder: one feature's file holds thousands of others.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import quote

import requests

from ingest.annotation.deadline import Deadline
from ingest.annotation.reading import (
    UNREADABLE,
    Known,
    merged,
    most_active,
    read_example,
    read_explanation,
    read_facts,
)
from ingest.names import is_url
from queries.graph.facts import FeatureExample
from queries.graph.features import Explanation

T = TypeVar("T")

Kind: TypeAlias = Literal["explanations", "features", "activations"]
KEPT = "neuronpedia-files"
TIMEOUTS = (5.0, 60.0)
ABSENT = (403, 404)
"""What a bucket answers for a file that it does not have, the first where it lists nothing for strangers."""
PIECE = 1 << 20


class BulkFiles:
    """`base` is the folder or URL that holds `v1/`; `problems` are sentences on files that cannot be used."""

    def __init__(self, base: str, data: Path, deadline: Deadline) -> None:
        self._base, self._kept, self._deadline = base.rstrip("/"), data / KEPT, deadline
        self.problems: list[str] = []

    def read(self, model: str, source: str, wanted: set[int]) -> dict[int, Known]:
        """What the files of a source say of the wanted features, by index. Raises OutOfTime."""
        explanations: dict[int, list[Explanation]] = {}
        examples: dict[int, list[FeatureExample]] = {}
        now = datetime.now(UTC)
        for index, explanation in self._entries(model, source, "explanations", wanted, read_explanation):
            explanations.setdefault(index, []).append(explanation)
        of_feature = partial(read_facts, origin="bulk", now=now)
        facts = dict(self._entries(model, source, "features", wanted, of_feature))
        for index, example in self._entries(model, source, "activations", wanted, read_example):
            examples[index] = most_active([*examples.get(index, []), example])
        known: dict[int, Known] = {}
        for index in explanations.keys() | facts.keys() | examples.keys():
            told = facts.get(index)
            if index in examples:
                told = (told or of_feature({})).model_copy(update={"examples": examples[index]})
            known[index] = Known(
                explanations=merged(one for one in explanations.get(index, []) if one.text),
                facts=told,
                is_complete=index in facts,
            )
        return known

    def _entries(
        self, model: str, source: str, kind: Kind, wanted: set[int], read: Callable[[dict[str, Any]], T]
    ) -> Iterator[tuple[int, T]]:
        """What `read` makes of the lines on wanted features, in all files of a kind. A file is read until its first
        fault."""
        for file in self._files(model, source, kind):
            number = 0
            try:
                with gzip.open(file, "rt", encoding="utf-8") as lines:
                    for line in lines:
                        number += 1
                        entry = json.loads(line)
                        index = int(entry["index"])
                        if index in wanted:
                            yield index, read(entry)
            except (*UNREADABLE, OSError, EOFError, zlib.error) as error:
                where = f"{source}/{kind}/{file.name}, line {number}"
                self.problems.append(f"{where}: not as Neuronpedia writes it ({type(error).__name__})")

    def _files(self, model: str, source: str, kind: Kind) -> Iterator[Path]:
        """The files of a kind, in their order."""
        parts = ["v1", *(quote(part, safe="") for part in (model, source, kind))]
        if not is_url(self._base):
            found = Path(self._base).joinpath(*parts).glob("batch-*.jsonl.gz")
            yield from sorted(found, key=lambda file: (len(file.name), file.name))
            return
        for number in count():
            self._deadline.check()
            name = f"batch-{number}.jsonl.gz"
            kept = self._kept.joinpath(*parts, name)
            if not kept.exists() and not self._fetch("/".join([self._base, *parts, name]), kept):
                return
            yield kept

    def _fetch(self, url: str, kept: Path) -> bool:
        """Whether the file is there, and now kept. A file that broke off is not kept."""
        draft = kept.with_suffix(".part")
        try:
            with requests.get(url, stream=True, timeout=TIMEOUTS) as answer:
                if answer.status_code in ABSENT:
                    return False
                answer.raise_for_status()
                kept.parent.mkdir(parents=True, exist_ok=True)
                with draft.open("wb") as file:
                    for piece in answer.iter_content(PIECE):
                        self._deadline.check()
                        file.write(piece)
        except (requests.RequestException, OSError) as error:
            self.problems.append(f"{url} cannot be read: {type(error).__name__}")
            return False
        draft.replace(kept)
        return True
