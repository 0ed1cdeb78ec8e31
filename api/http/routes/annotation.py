"""Explanations of a stored graph's features: found out, or given."""

from typing import Annotated

from fastapi import APIRouter, Query

import ingest
from api.http.answers.annotation import AnnotationQuestion, ExplainedAnswer, GivenExplanations
from api.http.errors import documented
from api.http.routes.served import Storing
from queries import errors

router = APIRouter(tags=["features"])


@router.post(
    "/api/graphs/{graph_id}/annotate",
    responses=documented(
        errors.GraphNotFound,
        errors.InvalidGraph,
        errors.ReadOnlyDataSet,
        errors.StorageFull,
        errors.ServerBusy,
    ),
)
def annotate_graph(
    explorer: Storing, graph_id: str, asked: Annotated[AnnotationQuestion, Query()]
) -> ingest.AnnotationReport:
    """Find out what a graph's features are, from what is kept, files and Neuronpedia, and store their explanations.

    Whatever cannot be found out is told in the answer, which is no error. Where features are left, ask again.
    """
    return explorer.annotate(graph_id, asked.seconds, ask=asked.ask)


@router.post(
    "/api/graphs/{graph_id}/explanations",
    responses=documented(errors.GraphNotFound, errors.ReadOnlyDataSet, errors.StorageFull),
)
def explain_features(explorer: Storing, graph_id: str, given: GivenExplanations) -> ExplainedAnswer:
    """Store explanations of a graph's features, which every graph that has the features then shows."""
    n_stored, n_known, n_elsewhere = explorer.explain(
        graph_id, [(one.feature, one.explanation) for one in given.explanations]
    )
    return ExplainedAnswer(n_stored=n_stored, n_known=n_known, n_elsewhere=n_elsewhere)
