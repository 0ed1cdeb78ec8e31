"""`circuit-explorer copy`: from one database to another, as a user does it."""

from pathlib import Path

import pytest

from queries.store.open import open_store
from tests.queries.store.test_store import OWN, assert_same, full_graph
from tests.support.engines import Engine, ladybug_engine
from tests.support.processes import Done, answer, run, sentence, serving, write_graph

pytestmark = pytest.mark.slow


def copy(*arguments: str) -> Done:
    return run("copy", *arguments, data=None)


def test_a_running_laptop_s_graphs_go_to_the_lab_and_back(engine: Engine, tmp_path: Path) -> None:
    laptop, home = f"ladybug://{tmp_path}/laptop/graphs.lbug", ladybug_engine(tmp_path / "home")
    for number in (1, 2):
        write_graph(tmp_path / f"{number}.json", name=f"graph {number}", weight=float(number))
    with serving(tmp_path / "laptop", "--no-examples"):
        assert run("import", tmp_path / "1.json", tmp_path / "2.json", data=tmp_path / "laptop").status == 0
        records = answer("graphs", data=tmp_path / "laptop")["graphs"]
        first = copy(laptop, engine.url, "graph 1")
        assert (first.status, first.err) == (0, "")
        assert first.out.startswith("Copied graph 1 (")
        rest = copy(laptop, engine.url)
    assert sorted(line.split(" (")[0] for line in rest.out.splitlines()) == [
        "Already there: graph 1",
        "Copied graph 2",
    ]
    assert copy(engine.url, home.url).status == 0
    with open_store(laptop) as one, open_store(home.url) as other:
        assert [record.model_dump(mode="json") for record in other.graphs()] == records
        for record in records:
            assert_same(other.read(record["id"]), one.read(record["id"]))
    assert home.count() == engine.count()


def test_what_people_explained_goes_along(engine: Engine, tmp_path: Path) -> None:
    with open_store(engine.url) as store:
        store.load(full_graph())
        store.delete("one")
    target = ladybug_engine(tmp_path)
    done = copy(engine.url, target.url)
    assert (done.status, done.out) == (0, "Copied the explanations of 1 features that no graph uses.\n")
    with open_store(target.url) as copied:
        (kept,) = copied.kept_features()
    assert OWN in kept.explanations


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ladybug://{folder}/none.lbug", "there is no such file"),
        ("sqlite:///graphs", "none of ladybug:///path/to/database, neo4j://"),
        ("neo4j://ada:secret@127.0.0.1:1", "neo4j://ada@127.0.0.1:1 cannot be used"),
    ],
)
def test_a_source_that_cannot_be_read_is_one_sentence(source: str, expected: str, tmp_path: Path) -> None:
    target = tmp_path / "target.lbug"
    printed = sentence(copy(source.format(folder=tmp_path), f"ladybug://{target}"))
    assert expected in printed
    assert "secret" not in printed
    assert list(tmp_path.iterdir()) in ([], [target])


def test_an_unknown_graph_and_an_empty_source(tmp_path: Path) -> None:
    source, target = f"ladybug://{tmp_path}/a.lbug", f"ladybug://{tmp_path}/b.lbug"
    open_store(source).close()
    assert copy(source, target).out == f"There is nothing to copy in {source}.\n"
    assert "There is no graph 'nowhere'" in sentence(copy(source, target, "nowhere"))
