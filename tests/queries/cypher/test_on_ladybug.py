"""Only the embedded engine has a file that the server writes while a query reads it."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from queries.cypher import on_ladybug
from queries.cypher.answer import CypherQuery
from queries.cypher.on_ladybug import LadybugEngine
from queries.errors import DatabaseUnavailable
from queries.store.open import open_store
from tests.queries.store.test_store import full_graph

WEIGHTS = "MATCH ()-[r:DIRECT_EFFECT]->() RETURN count(*) AS n, sum(abs(r.weight)) AS weights"


def answer(engine: LadybugEngine, query: str) -> list[list[Any]]:
    with engine.result(CypherQuery(query, {}, 100, 30.0)) as (_, rows):
        return list(rows)


@pytest.mark.slow
def test_a_query_that_the_file_was_written_under_is_run_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"ladybug://{tmp_path / 'graphs.lbug'}"
    engine, run = LadybugEngine(url), on_ladybug._run
    monkeypatch.setattr(on_ladybug, "_locked_in", nullcontext)  # this process must go on opening files
    with open_store(url) as store:
        store.load(full_graph("one"))
        [[n, weights]] = answer(engine, WEIGHTS)
        assert n == 7 and weights > 0
        ran: list[str] = []

        def run_while_storing(connection: Any, query: str, parameters: Any) -> Any:
            if query.startswith("MATCH"):
                ran.append(query)
                if len(ran) == 1:
                    for number in range(6):
                        store.load(full_graph(f"more{number}"))
            return run(connection, query, parameters)

        monkeypatch.setattr(on_ladybug, "_run", run_while_storing)
        assert answer(engine, WEIGHTS) == [[7 * n, pytest.approx(7 * weights)]]
        assert len(ran) == 2


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="No such file"):
        answer(LadybugEngine(f"ladybug://{tmp_path / 'nothing.lbug'}"), "RETURN 1")
    assert not (tmp_path / "nothing.lbug").exists()
