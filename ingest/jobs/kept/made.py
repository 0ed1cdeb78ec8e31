"""The graphs that jobs made, by what was asked for: asked again, the stored graph is the answer.

A table of the job database has a row for each. Whether the graph is still stored is the graph database's to say.
"""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from ingest.jobs.kept.tables import MOST_NAMED
from ingest.jobs.records import MadeGraph

_TABLE = sa.Table(
    "circuit_explorer_made",
    sa.MetaData(),
    sa.Column("question", sa.String(32), primary_key=True),
    sa.Column("graph_id", sa.String(32), nullable=False),
    sa.Column("job_id", sa.Text, nullable=False),
)
"""`question`: `Accepted.graph_question`."""


class Made:
    """`engine`: of the job database. Every method raises SQLAlchemyError where it cannot be used."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
        _TABLE.metadata.create_all(engine)

    def remember(self, question: str, made: MadeGraph) -> None:
        values = made._asdict()
        statement = self._insert(_TABLE).values(question=question, **values)
        with self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["question"], set_=values))

    def known(self, questions: Collection[str]) -> dict[str, MadeGraph]:
        """What was made, by question."""
        asked, found = list(questions), dict[str, MadeGraph]()
        with self._engine.connect() as connection:
            for first in range(0, len(asked), MOST_NAMED):
                some = _TABLE.c.question.in_(asked[first : first + MOST_NAMED])
                for row in connection.execute(sa.select(_TABLE).where(some)):
                    found[row.question] = MadeGraph(row.graph_id, row.job_id)
        return found
