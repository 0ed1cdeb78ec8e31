"""The description of the API for people: a page of plain HTML, made from the OpenAPI document.

Swagger's page is a script from elsewhere, which this server's own security policy keeps out, and which a machine
without a network cannot fetch.
"""

from collections.abc import Iterator
from html import escape
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from api.http.guard import DOCS

Json: TypeAlias = dict[str, Any]

STYLE = """
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto;
padding: 0 1rem } code, h3 { font-family: ui-monospace, monospace } h3 { margin: 2.5rem 0 0; font-size: 1rem }
table { border-collapse: collapse; margin: .5rem 0; width: 100% } td { border-top: 1px solid #8885; padding: .25rem
.75rem .25rem 0; vertical-align: top } td:first-child { width: 14rem } p { white-space: pre-wrap; margin: .5rem 0 }
"""


def install(app: FastAPI) -> None:
    """Serve the page."""

    @app.api_route(DOCS, methods=["GET", "HEAD"], include_in_schema=False)
    def description() -> HTMLResponse:
        return HTMLResponse(page(app.openapi(), str(app.openapi_url)))


def page(document: Json, address: str) -> str:
    """The page of an OpenAPI document that is at an address."""
    return "\n".join(_page(document, address))


def _page(document: Json, address: str) -> Iterator[str]:
    info = document["info"]
    title = f"{escape(info['title'])} {escape(info['version'])}"
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    yield f"<h1>{title}</h1><p>{escape(info['description'])}</p>"
    yield f'<p>As a document for programs: <a href="{address}">{address}</a>.</p><h2>Requests</h2>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<h3>{method.upper()} {escape(path)}</h3><p>{escape(operation.get('description', ''))}</p>"
            yield _table(map(_parameter, operation.get("parameters", [])))
            yield _table(_body(operation))
            yield _table(_answers(operation))
    yield "<h2>Records</h2>"
    for name, schema in document["components"]["schemas"].items():
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(schema.get("description", ""))}</p>'
        required = schema.get("required", ())
        yield _table(
            (
                f"<code>{escape(field)}</code>" + (" (required)" if field in required else ""),
                _described(one, one.get("description", "")),
            )
            for field, one in schema.get("properties", {}).items()
        )


def _parameter(parameter: Json) -> tuple[str, str]:
    required = ", required" if parameter.get("required") else ""
    name = f"<code>{escape(parameter['name'])}</code> ({parameter['in']}{required})"
    return name, _described(parameter["schema"], parameter.get("description", ""))


def _body(operation: Json) -> Iterator[tuple[str, str]]:
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"body, <code>{escape(kind)}</code>", _described(content["schema"], "")


def _answers(operation: Json) -> Iterator[tuple[str, str]]:
    for status, answer in operation["responses"].items():
        kinds = [
            _type(content["schema"]) for content in answer.get("content", {}).values() if "schema" in content
        ]
        yield f"answer {escape(status)}", f"{' or '.join(kinds)} {escape(answer['description'])}"


def _described(schema: Json, description: str) -> str:
    bounds = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("maxItems", "at most"),
            ("default", "else"),
        )
        if schema.get(key) is not None
    ]
    return " ".join(filter(None, (_type(schema), escape(", ".join(bounds)), escape(description))))


def _type(schema: Json) -> str:
    """A schema in short: a link to a record, or the words of its type."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(map(_type, schema[several]))
    if "enum" in schema or "const" in schema:
        return " or ".join(
            f"<code>{escape(str(one))}</code>" for one in schema.get("enum", [schema.get("const")])
        )
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("type", "any value")))


def _table(rows: Iterator[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{name}</td><td>{text}</td></tr>" for name, text in rows)
    return f"<table>{cells}</table>" if cells else ""
