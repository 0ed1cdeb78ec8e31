"""The internals of a prompt, and questions about them, computed by jobs."""

from fastapi import APIRouter

from api.http.answers.internals import summary as answers
from api.http.answers.internals.summary import CostAnswer
from api.http.errors import documented
from api.http.routes.served import Served, Storing
from queries import errors
from queries.graph.records import Job
from queries.internals.findings import CellQuestion, LinkQuestion
from queries.internals.records import InternalsParameters

router = APIRouter(tags=["internals"])

INTERNALS = "/api/graphs/{graph_id}/internals"
_QUEUED = (
    errors.GraphNotFound,
    errors.InvalidRequest,
    errors.UnknownModel,
    errors.UnknownTranscoders,
    errors.WorkerUnavailable,
    errors.StorageFull,
    errors.ReadOnlyDataSet,
)


@router.post(INTERNALS, status_code=202, responses=documented(*_QUEUED))
def compute_internals(explorer: Storing, graph_id: str, parameters: InternalsParameters) -> Job:
    """Compute what the model's heads and layers did with the graph's prompt. Once they are whole they take the place of
    those that were computed before."""
    return explorer.compute_internals(graph_id, parameters)


@router.get(f"{INTERNALS}/cost", responses=documented(errors.GraphNotFound))
def internals_cost(explorer: Served, graph_id: str) -> CostAnswer:
    """What it takes to compute them, whether this server can, and whether it has."""
    graph = explorer.store.record(graph_id)
    computed = explorer.store.internals_record(graph_id) is not None
    why_not, last = explorer.queue.why_not_tested(graph), explorer.last_internals(graph.model)
    return answers.cost(graph, computed, why_not, last)


@router.delete(
    INTERNALS,
    status_code=204,
    responses=documented(
        errors.GraphNotFound, errors.InternalsNotComputed, errors.StorageFull, errors.ReadOnlyDataSet
    ),
)
def delete_internals(explorer: Storing, graph_id: str) -> None:
    """Delete the internals of a prompt, their file too. The graph stays."""
    explorer.delete_internals(graph_id)


@router.post(
    f"{INTERNALS}/link", status_code=202, responses=documented(*_QUEUED, errors.InternalsNotComputed)
)
def ask_link(explorer: Storing, graph_id: str, question: LinkQuestion) -> Job:
    """Ask for every path of a link through each head. GET of the same address has it once the job is done."""
    return explorer.ask_internals(graph_id, question)


@router.post(
    f"{INTERNALS}/cell", status_code=202, responses=documented(*_QUEUED, errors.InternalsNotComputed)
)
def ask_cell(explorer: Storing, graph_id: str, question: CellQuestion) -> Job:
    """Ask why a head looks from a query to a key. GET of the same address has the answer once the job is done."""
    return explorer.ask_internals(graph_id, question)
