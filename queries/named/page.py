"""docs/queries.md, the page of the named queries: `python -m queries.named.page` writes it, a test fails on drift."""

from pathlib import Path

from queries.named import QUERIES
from queries.named.definition import NamedQuery, QueryParameter

PATH = Path(__file__).parents[2] / "docs" / "queries.md"

INTRODUCTION = """# Named queries

<!-- Written by `make openapi` from queries/named: change it there. -->

Questions that researchers ask of stored graphs. `GET /api/queries` lists them; each is run by

    POST /api/queries/NAME  {"parameters": {...}}
    circuit-explorer query --name NAME --parameter PARAMETER=VALUE

and can be pasted into Neo4j Browser with its parameters set (`:param {graph: "…", k: 10}`), or sent to
`POST /api/cypher`. [cypher.md](cypher.md) says how the two dialects differ and why Ladybug's texts have HINTs, and
works ten of these through. Rows come in the order that the text says, at most `k` of them. Graphs that are still
being loaded are left out. A node's key is `graph/kind/layer/position/index`, a feature's
`model/transcoder set/layer/index` with slashes inside the names written %2F."""


def page() -> str:
    listed = "\n".join(f"- [{query.name}](#{query.name}): {query.title}" for query in QUERIES)
    return "\n\n".join((INTRODUCTION, listed, *map(_section, QUERIES))) + "\n"


def _section(query: NamedQuery) -> str:
    parameters = "\n".join(
        f"| `{one.name}` | {one.type} | {_default(one)} | {one.description} |" for one in query.parameters
    )
    columns = "\n".join(f"| `{one.name}` | {one.type} | {one.description} |" for one in query.columns)
    return f"""## {query.name}
**{query.title}.** {query.sentence}

| parameter | type | unless given | |
|---|---|---|---|
{parameters}

| column | type | |
|---|---|---|
{columns}

{_texts(query)}"""


def _default(parameter: QueryParameter) -> str:
    if parameter.required:
        return "needed"
    return "null" if parameter.default is None else f"{parameter.default}"


def _texts(query: NamedQuery) -> str:
    neo4j, ladybug = query.text("neo4j"), query.text("ladybug")
    if neo4j == ladybug:
        return _block(neo4j)
    return f"""{_block(neo4j)}

<details><summary>On Ladybug</summary>

{_block(ladybug)}

</details>"""


def _block(text: str) -> str:
    return f"```cypher\n{text}\n```"


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
