"""docs/cypher.md: every query on the page runs on both engines, with the answer that the page shows."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from queries.cypher.runner import CypherRunner
from queries.named import QUERIES
from queries.store.open import open_store
from queries.words import ENGINES
from tests.queries.named.worked import worked_graphs
from tests.support.engines import ladybug_engine, neo4j_engine
from tests.support.patience import PATIENCE

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[3] / "docs" / "cypher.md"
SECTION = re.compile(r"^### (?P<question>.*?) \((?P<names>[a-z, -]+)\)$", re.MULTILINE)
BLOCK = re.compile(r"^```cypher ?(?P<engine>\w*)\n(?P<query>.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)


class Worked(NamedTuple):
    """A question of the page: its query for each engine, and the answer's columns and rows as shown."""

    names: list[str]
    queries: dict[str, str]
    table: list[list[str]]


def worked() -> dict[str, Worked]:
    title, *parts = SECTION.split(PAGE.read_text(encoding="utf-8"))
    assert title.startswith("# ")
    found = {}
    for question, names, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        queries = {}
        for block in BLOCK.finditer(text):
            for engine in [block["engine"]] if block["engine"] else ENGINES:
                queries[engine] = block["query"]
        table = TABLE.search(BLOCK.sub("", text))
        assert table, f"{question} shows no answer"
        header, _, *rows = table[0].splitlines()
        found[question] = Worked(names.split(", "), queries, [_cells(line) for line in (header, *rows)])
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split(" | ")]


def shown(value: Any) -> str:
    """A value as the page shows it."""
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else str(value).strip()


@pytest.fixture(scope="module", params=ENGINES)
def runner(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, CypherRunner]]:
    engine = (
        ladybug_engine(tmp_path_factory.mktemp("worked"))
        if request.param == "ladybug"
        else neo4j_engine(request.getfixturevalue("neo4j_server"))
    )
    with open_store(engine.url) as store:
        for graph in worked_graphs():
            store.load(graph)
    opened = CypherRunner(engine.url)
    yield request.param, opened
    opened.close()


@pytest.mark.parametrize("question", worked())
def test_a_worked_query_answers_what_is_shown(runner: tuple[str, CypherRunner], question: str) -> None:
    engine, cypher = runner
    answer = asyncio.run(cypher.run(worked()[question].queries[engine], timeout=PATIENCE))
    assert [list(answer.columns), *([shown(value) for value in row] for row in answer.rows)] == worked()[
        question
    ].table


def test_ten_named_queries_are_worked_through() -> None:
    names = [name for one in worked().values() for name in one.names]
    assert len(worked()) >= 10
    assert set(names) <= {query.name for query in QUERIES}
