"""What is known already: a prompt that is asked for again is answered with its stored graph, and is never traced twice
at the same time."""

import logging
from collections.abc import Sequence

from ingest.jobs.kept.database import JobDatabase
from ingest.jobs.records import Accepted, MadeGraph
from queries.errors import DatabaseUnavailable
from queries.store.store import GraphStore

log = logging.getLogger(__name__)


class KnownGraphs:
    def __init__(self, database: JobDatabase, store: GraphStore) -> None:
        self._database, self._store = database, store

    def among(self, asked: Sequence[Accepted]) -> dict[str, MadeGraph]:
        """The stored graphs that answer what is asked, with the jobs that made them, by `Accepted.graph_question`.

        Raises DatabaseUnavailable.
        """
        questions = {each.graph_question for each in asked} - {None}
        with self._database.translated_errors():
            made = self._database.made.known([each for each in questions if each is not None])
        if not made:  # the graphs' database, which may be away, is not asked
            return {}
        stored = self._store.stored({each.graph_id for each in made.values()})
        return {question: each for question, each in made.items() if each.graph_id in stored}

    def graph(self, accepted: Accepted) -> str | None:
        """The stored graph that a job is asked for. Raises DatabaseUnavailable."""
        found = self.among([accepted]).get(accepted.graph_question or "")
        return None if found is None else found.graph_id

    def remember(self, accepted: Accepted, graph_id: str, job_id: str) -> None:
        """A job has made what it was asked for. Where that cannot be written, it is traced again when asked for."""
        question = accepted.graph_question
        if question is None:
            return
        try:
            with self._database.translated_errors():
                self._database.made.remember(question, MadeGraph(graph_id, job_id))
        except DatabaseUnavailable as error:
            log.warning("The graph %s will not be known again. %s", graph_id, error)

    def is_made_elsewhere(self, accepted: Accepted, job_id: str) -> bool:
        """Whether an older job runs that makes the same graph; the younger one waits for it."""
        question = accepted.graph_question
        assert question is not None
        from ingest.jobs.kept.tables import running_makers

        with self._database.translated_errors():
            return any(other < job_id for other in running_makers(self._database.engine, question))
