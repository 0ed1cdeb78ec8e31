"""The library in a database, the same on both engines."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import Field

from queries.errors import GraphNotFound
from queries.graph.records import ListedGraph, Record
from queries.names import check_name
from queries.store import rows, schema
from queries.store.collections.kept import Transaction, read_collection
from queries.store.collections.statements import OF_GRAPHS
from queries.store.internals import Run
from queries.store.library import statements
from queries.store.library.question import PromptsQuestion
from queries.store.library.statements import Dialect
from queries.store.rows import UNVERIFIED, Row, utc
from queries.words import MAX_LISTED


class ListedPrompt(Record):
    """A prompt in a model, with what its graphs have."""

    model: str
    prompt: str
    n_graphs: int
    newest: ListedGraph = Field(description="The newest of its graphs")
    faithfulness: float | None = Field(description="The greatest of its graphs; null: none is verified")
    n_labelled_nodes: int = Field(description="The most that one of its graphs has")


class LibraryPage(NamedTuple):
    prompts: list[ListedPrompt]
    n_prompts: int
    n_graphs: int
    """How many there are in all."""


class ModelOfGraphs(Record):
    name: str
    n_graphs: int


class KeptView(Record):
    name: str
    changed_at: datetime | None


class KeptGraph(Record):
    """A graph of the library, and what hangs on it."""

    graph: ListedGraph
    collections: list[str] = Field(description="The names of the collections that it is in")
    views: list[KeptView] = Field(description="By their names")
    n_interventions: int
    n_verifications: int
    has_internals: bool = Field(description="Whether the internals of its prompt are computed")


class Library:
    def __init__(self, reading: Transaction, writing: Transaction, dialect: Dialect) -> None:
        self._reading, self._writing, self._dialect = reading, writing, dialect

    def page(self, question: PromptsQuestion) -> LibraryPage:
        """A page of the prompts whose graphs are meant. Raises `CollectionNotFound`."""

        def callback(run: Run) -> LibraryPage:
            if question.collection is not None:
                read_collection(run, question.collection)
            n_prompts, n_graphs, found = self._counted_page(run, question)
            newest = {row["key"]: row["newest"].rpartition(" ")[2] for row in found}
            records = _records(run, list(newest.values()))
            prompts = [
                ListedPrompt(
                    model=record.model,
                    prompt=record.prompt,
                    n_graphs=row["n_graphs"],
                    newest=record,
                    faithfulness=None if row["faithfulness"] == UNVERIFIED else row["faithfulness"],
                    n_labelled_nodes=row["n_labelled"],
                )
                for row in found
                # Neo4j shows what is deleted meanwhile.
                if (record := records.get(newest[row["key"]])) is not None
            ]
            return LibraryPage(prompts, n_prompts, n_graphs)

        return self._reading(callback)

    def _counted_page(self, run: Run, question: PromptsQuestion) -> tuple[int, int, list[Row]]:
        if self._dialect == "neo4j":
            (counted,) = _run(run, statements.counted_keys(question))
            keys = counted["page"]
            found = {row["key"]: row for row in _run(run, statements.with_keys(question, keys))}
            rows_found = [found[key] for key in keys if key in found]
        else:
            (counted,) = _run(run, statements.counts(question))
            rows_found = _run(run, statements.page(question))
        return counted["n_prompts"], counted["n_graphs"], rows_found

    def models(self) -> list[ModelOfGraphs]:
        """The models of all stored graphs, by their names."""
        found = self._reading(lambda run: run(statements.MODELS, state=schema.VISIBLE))
        return [ModelOfGraphs(name=row["model"], n_graphs=row["n_graphs"]) for row in found]

    def of_prompt(self, graph_id: str) -> list[KeptGraph]:
        """The newest graphs of the prompt of one, in its model, this one among them, with what hangs on them. Raises
        `GraphNotFound`."""

        def callback(run: Run) -> list[KeptGraph]:
            found = run(statements.OF_PROMPT, graph=graph_id, state=schema.VISIBLE, limit=MAX_LISTED)
            graphs = [rows.listed_of(row) for row in found]
            ids = [graph.id for graph in graphs]
            if not ids:
                raise GraphNotFound(graph_id)
            collections, views = run(OF_GRAPHS, ids=ids), run(statements.VIEWS, ids=ids)
            results = {
                name: {row["id"]: row["n"] for row in run(statement, ids=ids)}
                for name, statement in statements.RESULTS.items()
            }
            return [
                KeptGraph(
                    graph=graph,
                    collections=[row["name"] for row in collections if row["id"] == graph.id],
                    views=[
                        KeptView(name=row["name"], changed_at=row["changed_at"] and utc(row["changed_at"]))
                        for row in views
                        if row["id"] == graph.id
                    ],
                    n_interventions=results["n_interventions"].get(graph.id, 0),
                    n_verifications=results["n_verifications"].get(graph.id, 0),
                    has_internals=graph.id in results["n_internals"],
                )
                for graph in graphs
            ]

        return self._reading(callback)

    def describe(self, graph_id: str, name: str | None = None, notes: str | None = None) -> ListedGraph:
        """Give a graph another name, or other notes; None: as they are. Raises `GraphNotFound`, `InvalidRequest`."""
        if name is not None:
            check_name("name", name)

        def callback(run: Run) -> ListedGraph:
            record = _record(run, graph_id)
            said = {
                "name": record.name if name is None else name,
                "notes": record.notes if notes is None else notes,
            }
            run(statements.DESCRIBE, graph=graph_id, **said)
            return record.model_copy(update=said)

        return self._writing(callback)


def _run(run: Run, asked: tuple[str, Row]) -> list[Row]:
    statement, values = asked
    return run(statement, **values)


def _record(run: Run, graph_id: str) -> ListedGraph:
    try:
        return _records(run, [graph_id])[graph_id]
    except KeyError:
        raise GraphNotFound(graph_id) from None


def _records(run: Run, ids: Sequence[str]) -> dict[str, ListedGraph]:
    """By their ids; those that are not stored are left out."""
    if not ids:  # Ladybug cannot tell the type of an empty list
        return {}
    found = run(statements.RECORDS, ids=list(ids), state=schema.VISIBLE)
    return {row["id"]: rows.listed_of(row) for row in found}
