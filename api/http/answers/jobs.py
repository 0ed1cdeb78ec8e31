"""Models and jobs as answers."""

from pydantic import Field

import ingest
from queries.graph.records import Job, JobRequest, Record, TraceParameters
from queries.words import MAX_BATCH


class ModelAnswer(Record):
    name: str
    transcoders: list[str]
    context_length: int | None
    examples: list[str] = Field(description="Prompts that show what the model can do")
    description: str


class ModelsAnswer(Record):
    models: list[ModelAnswer] = Field(description="The first is used where a job names none")
    parameters: TraceParameters = Field(description="The defaults of a job's parameters")


class JobsAnswer(Record):
    jobs: list[Job] = Field(
        description="Of a list: newest first; of prompts that were queued: in their order"
    )


class Batch(Record):
    """Prompts that are queued at once."""

    jobs: list[JobRequest] = Field(min_length=1, max_length=MAX_BATCH)


def models(entries: list[ingest.ModelEntry]) -> ModelsAnswer:
    """The known models as an answer."""
    answers = [
        ModelAnswer(
            name=entry.name,
            transcoders=[transcoders.name for transcoders in entry.transcoders],
            context_length=entry.context_length,
            examples=list(entry.examples),
            description=entry.description,
        )
        for entry in entries
    ]
    return ModelsAnswer(models=answers, parameters=TraceParameters())
