"""Models and jobs as answers."""

from typing import Literal

from pydantic import Field

import ingest
from queries.graph.records import Job, JobRequest, Prompt, Record, TraceParameters
from queries.parameters import Parameter, parameters_of
from queries.words import MAX_BATCH, MAX_MESSAGES, MAX_SPLIT, ROLES, Role


class TranscodersAnswer(Record):
    name: str
    comes_from: Literal["folder", "hub"]


class ModelAnswer(Record):
    name: str
    description: str
    examples: list[str] = Field(description="Prompts that show what the model can do")
    context_length: int | None = Field(description="Tokens that it reads; null: known once it is loaded")
    has_chat_template: bool | None = Field(
        description="Whether it takes messages; null: known once its files are here"
    )
    why_no_tokens: str | None = Field(
        description="Why its prompts cannot be split into tokens here, as a sentence; null: they can"
    )
    comes_from: Literal["folder", "hub"] = Field(
        description="A folder of this machine; or a hub, which it is loaded from when its first prompt is traced"
    )
    dtype: str
    device: str | None = Field(description="As torch names it; null: a GPU where there is one")
    backend: str = Field(description="circuit-tracer's")
    transcoders: list[TranscodersAnswer] = Field(description="The first is used where a job names none")


class LimitsAnswer(Record):
    prompts: int = Field(description="Of a batch")
    messages: int = Field(description="Of a chat")
    characters: int = Field(description="Of a prompt that is split into tokens")


class ModelsAnswer(Record):
    """What a job may be asked for: all that a form needs to know."""

    models: list[ModelAnswer] = Field(description="The first is used where a job names none")
    parameters: list[Parameter] = Field(description="A job's `parameters`, the same for every model")
    options: list[Parameter] = Field(description="What else a job may be asked for, beside its parameters")
    roles: list[Role] = Field(description="Of a chat's messages; a model's template may refuse some")
    limits: LimitsAnswer


class TokensAnswer(Record):
    """A prompt as a model reads it."""

    prompt: str = Field(description="Of messages: what the model's chat template makes of them")
    tokens: list[str] = Field(
        description="As a graph has them, the start token among them; bytes of a part of a character are <0xE6>"
    )
    token_ids: list[int]


class JobsAnswer(Record):
    jobs: list[Job] = Field(
        description="Of a list: newest first; of prompts that were queued: in their order"
    )


class Batch(Record):
    """Prompts that are queued at once."""

    jobs: list[JobRequest] = Field(min_length=1, max_length=MAX_BATCH)


def models(entries: list[ingest.ModelEntry]) -> ModelsAnswer:
    """The known models as an answer."""
    return ModelsAnswer(
        models=[_model(entry) for entry in entries],
        parameters=parameters_of(TraceParameters),
        options=parameters_of(JobRequest, ("verify", "internals", "force")),
        roles=list(ROLES),
        limits=LimitsAnswer(prompts=MAX_BATCH, messages=MAX_MESSAGES, characters=MAX_SPLIT),
    )


def _model(entry: ingest.ModelEntry) -> ModelAnswer:
    return ModelAnswer(
        name=entry.name,
        description=entry.description,
        examples=list(entry.examples),
        context_length=entry.context_length,
        has_chat_template=ingest.has_chat_template(entry),
        why_no_tokens=ingest.why_no_tokens(entry),
        comes_from=_comes_from(entry),
        dtype=entry.dtype,
        device=entry.device,
        backend=entry.backend,
        transcoders=[
            TranscodersAnswer(name=each.name, comes_from=_comes_from(each)) for each in entry.transcoders
        ],
    )


def _comes_from(entry: ingest.ModelEntry | ingest.TranscoderEntry) -> Literal["folder", "hub"]:
    return "folder" if entry.is_local else "hub"


def tokens(entry: ingest.ModelEntry, prompt: Prompt) -> TokensAnswer:
    """A prompt split. Raises like `ingest.split`."""
    split = ingest.split(entry, prompt)
    return TokensAnswer(prompt=split.prompt, tokens=split.tokens, token_ids=split.token_ids)
