"""Models and jobs: submit a prompt, follow it to its graph."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from api.http import events
from api.http.answers import jobs as answers
from api.http.answers.jobs import Batch, JobsAnswer, ModelsAnswer, TokensAnswer
from api.http.errors import documented
from api.http.routes.served import Served, Storing
from queries import errors
from queries.graph.records import Job, JobKind, JobRequest, JobState, Prompt
from queries.words import DEFAULT_JOBS, MAX_INTEGER, MAX_JOBS

router = APIRouter(tags=["jobs"])


@router.get("/api/models")
def models(explorer: Served) -> ModelsAnswer:
    """What a job may be asked for: models and transcoder sets, parameters with their defaults and limits."""
    return answers.models(explorer.queue.models())


@router.post(
    "/api/models/{model}/tokens",
    responses=documented(
        errors.UnknownModel,
        errors.TokenizerUnavailable,
        errors.EmptyPrompt,
        errors.NoChatTemplate,
        errors.InvalidRequest,
        errors.WorkerUnavailable,
    ),
)
def split_prompt(explorer: Served, model: str, prompt: Prompt) -> TokensAnswer:
    """The tokens that a model will read of a prompt or of messages, without tracing it."""
    entry, _ = explorer.queue.registry.find(model, None)
    return answers.tokens(entry, prompt)


_QUEUED = (
    errors.UnknownModel,
    errors.UnknownTranscoders,
    errors.EmptyPrompt,
    errors.PromptTooLong,
    errors.NoChatTemplate,
    errors.InvalidRequest,
    errors.ReadOnlyDataSet,
    errors.WorkerUnavailable,
    errors.StorageFull,
)


@router.post(
    "/api/jobs",
    status_code=202,
    responses={
        **documented(*_QUEUED, errors.ServerBusy),
        200: {"model": Job, "description": "Its graph is stored already"},
    },
)
def submit_job(explorer: Storing, request: JobRequest, response: Response) -> Job:
    """Queue a prompt: it is traced, pruned, annotated and loaded, and becomes a graph.

    What is asked already, and waits or runs, is that job. Where the graph is stored, the job that made it is the
    answer, and nothing is queued.
    """
    job = explorer.queue.submit(request)
    response.status_code = 200 if job.known else 202
    return job


@router.post("/api/jobs/batch", status_code=202, responses=documented(*_QUEUED, errors.ServerBusy))
def submit_batch(explorer: Storing, batch: Batch) -> JobsAnswer:
    """Queue many prompts, all of them or none; those that are the same are one job, and those whose graphs are stored
    the jobs that made them."""
    return JobsAnswer(jobs=explorer.queue.submit_all(batch.jobs))


@router.get("/api/jobs")
def list_jobs(
    explorer: Served,
    limit: Annotated[int, Query(ge=1, le=MAX_JOBS)] = DEFAULT_JOBS,
    offset: Annotated[
        int, Query(ge=0, le=MAX_INTEGER, description="How many of the newest to pass over")
    ] = 0,
    state: Annotated[list[JobState], Query(description="Only jobs in one of these states")] = [],  # noqa: B006
    kind: JobKind | None = None,
    model: Annotated[str | None, Query(description="Only jobs of this model")] = None,
) -> JobsAnswer:
    """The newest jobs, with their phase and progress."""
    found = explorer.queue.jobs(limit, offset=offset, states=state, kind=kind, model=model)
    return JobsAnswer(jobs=found)


@router.get("/api/jobs/{job_id}", responses=documented(errors.JobNotFound))
def get_job(explorer: Served, job_id: str) -> Job:
    """One job: its phase and progress, its graph once done, its problem if it failed."""
    return explorer.queue.job(job_id)


@router.post(
    "/api/jobs/{job_id}/cancel",
    responses=documented(errors.JobNotFound, errors.JobEnded, errors.ReadOnlyDataSet),
)
def cancel_job(explorer: Storing, job_id: str) -> Job:
    """End a job that waits or runs. What it had stored stays."""
    return explorer.queue.cancel(job_id)


@router.post(
    "/api/jobs/{job_id}/retry",
    status_code=202,
    responses=documented(
        errors.JobNotFound, errors.JobNotRetried, errors.ReadOnlyDataSet, errors.StorageFull
    ),
)
def retry_job(explorer: Storing, job_id: str) -> Job:
    """Queue what a job that failed or was cancelled was asked for again: another job."""
    return explorer.queue.retry(job_id)


@router.get(
    "/api/jobs/{job_id}/events",
    response_class=events.EventStream,
    responses=documented(errors.JobNotFound),
)
async def job_events(
    explorer: Served, job_id: str, last_event_id: Annotated[str | None, Header()] = None
) -> StreamingResponse:
    """Server-sent events, each a job as JSON: one now, one at each change, the last when it ends.

    A client that lost the stream names the last event that it saw: it is not told the same again.
    """
    return await events.of_job(explorer.queue, job_id, last_event_id)
