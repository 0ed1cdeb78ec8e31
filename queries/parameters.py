"""The fields of a request as a form shows them: what each may be, what it is unless given, what it does.

All of it comes from the pydantic model that checks the request, so that no form has rules of its own.
"""

from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field

from queries.graph.records import Record

ParameterKind: TypeAlias = Literal["integer", "number", "boolean", "text", "choice", "targets"]
"""`targets`: a list of targets of attribution."""

_KINDS: dict[str, ParameterKind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "string": "text",
    "array": "targets",
}


class Parameter(Record):
    name: str
    kind: ParameterKind
    description: str
    default: bool | int | float | str | None = Field(description="What it is unless given")
    nullable: bool = Field(description="Whether it may be null; its description says what that means")
    minimum: int | float | None = None
    exclusive_minimum: int | float | None = Field(None, description="It must be more")
    maximum: int | float | None = Field(None, description="Of targets: how many")
    choices: list[str] | None = Field(None, description="The words of a choice")


def parameters_of(request: type[BaseModel], names: tuple[str, ...] | None = None) -> list[Parameter]:
    """Fields of a request in their order; `names`: only these."""
    schema = request.model_json_schema()
    definitions = schema.get("$defs", {})
    return [
        _parameter(name, schema["properties"][name], definitions) for name in names or request.model_fields
    ]


def _parameter(name: str, field: dict[str, Any], definitions: dict[str, Any]) -> Parameter:
    forms = [_resolved(form, definitions) for form in field.get("anyOf", [field])]
    (form,) = (form for form in forms if form.get("type") != "null")
    choices = form.get("enum")
    return Parameter(
        name=name,
        kind=_KINDS[form["type"]] if choices is None else "choice",
        description=field.get("description", ""),
        default=field.get("default"),
        nullable=len(forms) > 1,
        minimum=form.get("minimum"),
        exclusive_minimum=form.get("exclusiveMinimum"),
        maximum=form.get("maximum", form.get("maxItems")),
        choices=choices,
    )


def _resolved(form: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A form where it stands, or the definition that it names."""
    name = form.get("$ref", "").rpartition("/")[2]
    return definitions[name] if name else form
