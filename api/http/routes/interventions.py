"""Graphs put to the test: what they predict, what the model does, and who can lend what."""

from fastapi import APIRouter

from api.http.answers import interventions as answers
from api.http.answers.interventions import (
    DonorsAnswer,
    InterventionsAnswer,
    PredictionAnswer,
    VerificationsAnswer,
)
from api.http.errors import documented
from api.http.routes.served import Served, Storing
from queries import errors
from queries.graph.interventions import Intervention, Verification
from queries.graph.records import Job
from queries.interventions.changes import InterventionQuestion
from queries.interventions.plan import VerifyQuestion
from queries.words import GroupBy, Unlabelled

router = APIRouter(tags=["interventions"])

_OF_A_GRAPH = documented(errors.GraphNotFound)
_OF_A_TEST = documented(errors.InterventionNotFound)
_QUEUED = documented(
    errors.GraphNotFound,
    errors.UnknownModel,
    errors.UnknownTranscoders,
    errors.WorkerUnavailable,
    errors.StorageFull,
    errors.ReadOnlyDataSet,
)


@router.post("/api/graphs/{graph_id}/predict", responses=_OF_A_GRAPH)
def predict(explorer: Served, graph_id: str, question: InterventionQuestion) -> PredictionAnswer:
    """What the stored graph predicts of changes to its features, from its weights alone, without the model.

    Attention patterns and the scales of norms stay as they were, and active features answer linearly.
    """
    changes, predicted = explorer.predict(graph_id, question)
    record = explorer.store.record(graph_id)
    return answers.prediction(record, changes, predicted, explorer.queue.why_not_tested(record))


@router.post("/api/graphs/{graph_id}/interventions", status_code=202, responses=_QUEUED)
def intervene(explorer: Storing, graph_id: str, question: InterventionQuestion) -> Job:
    """Change features in the model on the graph's prompt: under the graph's conditions, and in the model itself, beside
    19 controls. The job names the stored result; the same question again is the same result."""
    return explorer.intervene(graph_id, question)


@router.get("/api/graphs/{graph_id}/interventions", responses=_OF_A_GRAPH)
def list_interventions(explorer: Served, graph_id: str) -> InterventionsAnswer:
    """The interventions that are stored with a graph."""
    return InterventionsAnswer(interventions=explorer.store.interventions(graph_id))


@router.get("/api/interventions/{intervention_id}", responses=_OF_A_TEST)
def get_intervention(explorer: Served, intervention_id: str) -> Intervention:
    """One intervention: what was changed, what was predicted, measured, and what it is worth."""
    return explorer.store.intervention(intervention_id)


@router.delete(
    "/api/interventions/{intervention_id}",
    status_code=204,
    responses=documented(errors.InterventionNotFound, errors.StorageFull, errors.ReadOnlyDataSet),
)
def delete_intervention(explorer: Storing, intervention_id: str) -> None:
    """Delete an intervention. The graph stays."""
    explorer.store.delete_intervention(intervention_id)


@router.post("/api/graphs/{graph_id}/verify", status_code=202, responses=_QUEUED)
def verify(explorer: Storing, graph_id: str, question: VerifyQuestion) -> Job:
    """Test the groups and links of a graph's best sequences in the model, and measure how faithful the graph is."""
    return explorer.verify(graph_id, question)


@router.get(
    "/api/graphs/{graph_id}/verification",
    responses=documented(errors.GraphNotFound, errors.VerificationNotFound),
)
def get_verification(
    explorer: Served, graph_id: str, group_by: GroupBy | None = None, unlabelled: Unlabelled = "own"
) -> Verification:
    """The graph's verification in these groups, whatever number of sequences it tested; its newest unless they are
    named."""
    return explorer.verification(graph_id, group_by, unlabelled)


@router.get("/api/graphs/{graph_id}/verifications", responses=_OF_A_GRAPH)
def list_verifications(explorer: Served, graph_id: str) -> VerificationsAnswer:
    """All verifications of a graph, one for each grouping; none, where it was not tested."""
    found = explorer.verifications(graph_id)
    why_not_tested = explorer.queue.why_not_tested(explorer.store.record(graph_id))
    return VerificationsAnswer(verifications=found, why_not_tested=why_not_tested)


@router.get("/api/graphs/{graph_id}/donors", responses=_OF_A_GRAPH)
def list_donors(explorer: Served, graph_id: str) -> DonorsAnswer:
    """The stored graphs that can lend this one what it has not, for a transplant."""
    return answers.donors(explorer.donors(graph_id))
