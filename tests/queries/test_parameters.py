"""A form's fields are those of the model that checks a request."""

from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from queries.graph.records import JobRequest, JobState, TraceParameters
from queries.parameters import Parameter, parameters_of


class Request(BaseModel):
    n: int = Field(3, ge=1, le=9, description="How many")
    share: float | None = Field(None, gt=0, description="Null: all")
    word: Literal["a", "b"] | None = None
    state: JobState = JobState.DONE
    text: str = ""
    sure: bool = False


def test_each_kind_of_field_is_told_with_its_limits() -> None:
    assert parameters_of(Request) == [
        Parameter(
            name="n", kind="integer", description="How many", default=3, nullable=False, minimum=1, maximum=9
        ),
        Parameter(
            name="share",
            kind="number",
            description="Null: all",
            default=None,
            nullable=True,
            exclusive_minimum=0,
        ),
        Parameter(
            name="word", kind="choice", description="", default=None, nullable=True, choices=["a", "b"]
        ),
        Parameter(
            name="state",
            kind="choice",
            description="",
            default="done",
            nullable=False,
            choices=[state.value for state in JobState],
        ),
        Parameter(name="text", kind="text", description="", default="", nullable=False),
        Parameter(name="sure", kind="boolean", description="", default=False, nullable=False),
    ]


def test_the_limits_of_a_job_s_parameters_are_those_that_are_checked() -> None:
    known = parameters_of(TraceParameters)
    assert [one.name for one in known] == list(TraceParameters.model_fields)
    defaults = TraceParameters().model_dump()
    for one in known:
        assert one.description and one.default == defaults[one.name]
        step = 1 if one.kind == "integer" else 0.001
        inside = [one.minimum, one.maximum if one.kind != "targets" else None]
        outside = [one.exclusive_minimum] + [
            limit + beyond
            for limit, beyond in ((one.minimum, -step), (one.maximum, step))
            if limit is not None and one.kind != "targets"
        ]
        for value in filter(lambda value: value is not None, inside):
            TraceParameters.model_validate({one.name: value})
        for value in filter(lambda value: value is not None, outside):
            with pytest.raises(ValidationError):
                TraceParameters.model_validate({one.name: value})
        if one.nullable:
            TraceParameters.model_validate({one.name: None})


def test_some_fields_can_be_named() -> None:
    assert [(one.name, one.kind) for one in parameters_of(JobRequest, ("verify", "internals"))] == [
        ("verify", "boolean"),
        ("internals", "boolean"),
    ]
