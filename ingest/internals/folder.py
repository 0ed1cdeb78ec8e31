"""The kept internals: a file for each, named by its id, and beside it the answers to questions about it."""

import logging
from contextlib import suppress
from pathlib import Path

from ingest.identity import content_id
from ingest.internals.file import InternalsFile
from ingest.traces.kept import ANSWER, INTERNALS, KeptFiles
from queries.errors import InternalsNotComputed, TracesUnavailable
from queries.internals.findings import InternalsFound, InternalsQuestion, LinkPathsFound, ScorePairsFound

log = logging.getLogger(__name__)


class InternalsFolder:
    """Every method raises TracesUnavailable where the place cannot be used."""

    def __init__(self, files: KeptFiles) -> None:
        self._files = files

    def open(self, graph_id: str, internals_id: str) -> InternalsFile:
        """Raises InternalsNotComputed, InvalidGraph where the file is damaged."""
        name = f"{internals_id}{INTERNALS}"
        try:
            return InternalsFile(name, self._files.open(name))
        except FileNotFoundError:
            why = f"their file was made elsewhere, or {self._files.why_dropped}: compute them again"
            raise InternalsNotComputed(graph_id, why) from None

    def has(self, internals_id: str) -> bool:
        with suppress(FileNotFoundError):
            self._files.check(f"{internals_id}{INTERNALS}")
            return True
        return False

    def keep(self, internals_id: str, written: Path) -> None:
        """Move the file `written` into the folder. To be called before the internals are stored: what names a file has
        it then."""
        self._files.move_in(f"{internals_id}{INTERNALS}", written)

    def drop(self, internals_id: str) -> None:
        """Remove a file, and the answers about it. What cannot be removed is logged: nothing names it any more."""
        try:
            for name in [f"{internals_id}{INTERNALS}", *self._files.names(internals_id, ANSWER)]:
                with suppress(FileNotFoundError):
                    self._files.remove(name)
        except TracesUnavailable as error:
            log.warning("The file of the internals %s is left. %s", internals_id, error)

    def answer(self, internals_id: str, question: InternalsQuestion) -> InternalsFound | None:
        """None where it was not asked, or its answer was dropped."""
        kind = LinkPathsFound if question.kind == "link" else ScorePairsFound
        try:
            with self._files.open(_answer(internals_id, question)) as file:
                return kind.model_validate_json(file.read())
        except FileNotFoundError:
            return None

    def keep_answer(self, internals_id: str, question: InternalsQuestion, written: Path) -> None:
        self._files.move_in(_answer(internals_id, question), written)


def _answer(internals_id: str, question: InternalsQuestion) -> str:
    return f"{internals_id}-{content_id(question.model_dump())}{ANSWER}"
