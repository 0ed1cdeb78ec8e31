"""A graph's paths: the ranking, the flow through nodes, automatic groups, a circuit, and the scores."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.http.answers import groups as groups_answers
from api.http.answers import paths as answers
from api.http.answers.circuit import CircuitAnswer, DrawnAnswer, circuit, drawn_circuit
from api.http.answers.groups import GroupsAnswer
from api.http.answers.paths import FlowAnswer, PathsAnswer, ScoresAnswer
from api.http.errors import RANKING_ERRORS, documented
from api.http.routes.served import Served, json_response
from api.http.waiting import ranked
from queries import errors
from queries.circuit.circuit import find_circuit
from queries.circuit.drawn import score_drawn
from queries.limits import Limits
from queries.paths.answer import find_all_groups, find_flow
from queries.paths.question import CircuitQuestion, DrawnQuestion, FlowQuestion, GroupsQuestion, PathsQuestion

router = APIRouter(tags=["graphs"])


@router.get(
    "/api/graphs/{graph_id}/paths",
    response_model=PathsAnswer,
    responses=documented(*RANKING_ERRORS),
)
async def get_paths(
    explorer: Served, graph_id: str, question: Annotated[PathsQuestion, Query()], request: Request
) -> Response:
    """The k best paths from the embeddings, or other nodes, to a logit or feature: all of them ranked exactly."""

    def rank(limits: Limits) -> Response:
        ranking, graph = explorer.rank(graph_id, question, limits)
        return json_response(answers.paths(graph, question, ranking))

    return await ranked(request, explorer.threads_for(question), rank)


@router.get(
    "/api/graphs/{graph_id}/flow",
    response_model=FlowAnswer,
    responses=documented(errors.GraphNotFound, errors.QueryTimeout, errors.ServerBusy),
)
async def get_flow(
    explorer: Served, graph_id: str, question: Annotated[FlowQuestion, Query()], request: Request
) -> Response:
    """The share of the target's influence that flows through each node, and each group of nodes."""

    def flow(limits: Limits) -> Response:
        graph = explorer.graph(graph_id, question.labels, question.view)
        return json_response(answers.flow(graph, find_flow(graph, question, limits)))

    return await ranked(request, explorer.rankings, flow)


@router.get(
    "/api/graphs/{graph_id}/groups",
    response_model=GroupsAnswer,
    responses=documented(errors.GraphNotFound, errors.QueryTimeout, errors.ServerBusy),
)
async def get_groups(
    explorer: Served, graph_id: str, question: Annotated[GroupsQuestion, Query()], request: Request
) -> Response:
    """The graph's automatic groups: feature nodes taken together by its edges alone, each with why it is one."""

    def group(limits: Limits) -> Response:
        graph = explorer.graph(graph_id, question.labels, question.view)
        return json_response(groups_answers.groups(graph, find_all_groups(graph, question, limits)))

    return await ranked(request, explorer.rankings, group)


@router.get(
    "/api/graphs/{graph_id}/circuit",
    response_model=CircuitAnswer,
    responses=documented(errors.GraphNotFound, errors.QueryTimeout, errors.ServerBusy),
)
async def get_circuit(
    explorer: Served, graph_id: str, question: Annotated[CircuitQuestion, Query()], request: Request
) -> Response:
    """The few groups of feature nodes, and the links between them, that explain most of the target's influence."""

    def choose(limits: Limits) -> Response:
        graph = explorer.graph(graph_id, question.labels, question.view)
        return json_response(circuit(question, find_circuit(graph, question, limits)))

    return await ranked(request, explorer.rankings, choose)


@router.post(
    "/api/graphs/{graph_id}/circuit",
    response_model=DrawnAnswer,
    responses=documented(errors.GraphNotFound, errors.QueryTimeout, errors.ServerBusy),
)
async def score_circuit(
    explorer: Served, graph_id: str, question: DrawnQuestion, request: Request
) -> Response:
    """What a circuit explains that somebody drew: its links, and its scores beside those of random ones."""

    def score(limits: Limits) -> Response:
        graph = explorer.graph(graph_id, question.labels, question.view)
        return json_response(drawn_circuit(score_drawn(graph, question, limits)))

    return await ranked(request, explorer.rankings, score)


@router.get("/api/scores")
def list_scores() -> ScoresAnswer:
    """The scores by which paths can be ranked: definition, unit, sign and meaning of each."""
    return answers.scores()
