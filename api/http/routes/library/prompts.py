"""Stored graphs by their prompts, and what people say of them."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.http.answers.library.prompts import (
    Description,
    LibraryAnswer,
    LibraryQuestion,
    ModelsOfGraphsAnswer,
    PromptAnswer,
)
from api.http.errors import documented
from api.http.routes.served import Served, Storing
from queries import errors
from queries.graph.records import ListedGraph

router = APIRouter(tags=["graphs"])


@router.get("/api/prompts", responses=documented(errors.CollectionNotFound))
def list_prompts(explorer: Served, asked: Annotated[LibraryQuestion, Query()]) -> LibraryAnswer:
    """The prompts of stored graphs, a page at a time. Graphs of the same prompt in the same model are one row."""
    return LibraryAnswer(**explorer.store.library.page(asked.question)._asdict())


@router.get("/api/prompts/models")
def list_models_of_graphs(explorer: Served) -> ModelsOfGraphsAnswer:
    """The models of all stored graphs, by their names."""
    return ModelsOfGraphsAnswer(models=explorer.store.library.models())


@router.get("/api/graphs/{graph_id}/prompt", responses=documented(errors.GraphNotFound))
def get_prompt(explorer: Served, graph_id: str) -> PromptAnswer:
    """All graphs of a graph's prompt in its model: pruned otherwise, of other transcoders, or imported."""
    return PromptAnswer(graphs=explorer.store.library.of_prompt(graph_id))


@router.patch(
    "/api/graphs/{graph_id}",
    responses=documented(
        errors.GraphNotFound, errors.InvalidRequest, errors.ReadOnlyDataSet, errors.StorageFull
    ),
)
def describe_graph(explorer: Storing, graph_id: str, said: Description) -> ListedGraph:
    """Rename a graph, or write notes about it. Its id stays."""
    return explorer.describe(graph_id, said.name, said.notes)
