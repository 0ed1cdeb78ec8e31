"""A data set by the command line: written, served, asked, and refusing what would change it."""

import re
from pathlib import Path

import pytest

from queries.store.open import open_store
from tests.queries.store.test_store import assert_same
from tests.support.processes import Done, answer, failure, run, run_apart, sentence, serving, url, write_graph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two graphs, `one` and `two`."""
    data = tmp_path_factory.mktemp("source")
    files = [
        write_graph(data / f"{name}.json", name, weight) for name, weight in (("one", 1.0), ("two", 2.0))
    ]
    assert run("import", *files, data=data).status == 0
    return data


@pytest.fixture(scope="module")
def database(source: Path) -> str:
    """The URL of a data set of both."""
    assert run("export", "one", "two", "--format", "parquet", "-o", source / "set", data=source).status == 0
    return f"parquet://{source}/set"


def test_commands_read_it_without_a_server(database: str, tmp_path: Path) -> None:
    def asked(*arguments: str | Path) -> Done:
        done = run(*arguments, "--database", database, data=tmp_path)
        assert (done.status, done.err) == (0, ""), done
        return done

    assert {one["name"] for one in answer("graphs", "--database", database, data=tmp_path)["graphs"]} == {
        "one",
        "two",
    }
    assert "Dallas -> Texas -> Austin" in asked("paths", "one", "--group-by", "label").out
    assert "Texas" in asked("compare", "one", "two").out
    assert len(asked("export", "one").out) > 500
    cypher = "MATCH (g:AttributionGraph) RETURN g.name ORDER BY g.name"
    assert asked("query", cypher, "--format", "csv").out.split() == ["g.name", "one", "two"]
    assert asked("query", "--name", "top-paths", "--parameter", "graph=two", "--format", "csv").out


def test_it_is_served_and_refuses_what_would_change_it(source: Path, database: str, tmp_path: Path) -> None:
    data, where = tmp_path / "data", ("--database", f"{database}/")
    with serving(data, *where) as server:
        (first, second) = (answer("graphs", *more, data=data)["graphs"] for more in ((), where))
        assert first == second and len(first) == 2
        for command in (
            ("delete", "one"),
            ("ingest", "any prompt"),
            ("annotate", "--all"),
            ("prune", "one"),
            ("label", "one", "0/2", "a state"),
            ("label", "one", "0/2", "--remove"),
            ("import", source / "one.json"),
            ("open", source / "one.json", "--no-browser"),
        ):
            says = failure(*command, data=data)
            assert f"{database} is a data set, which is only read. To add to its graphs, copy" in says, (
                command
            )
        assert answer("jobs", data=data) == {"jobs": []}
        other = sentence(run_apart("graphs", "--database", "parquet:///other", data=data))
        assert url(data) in other and "give --data another folder" in other
        server.terminate()
        out, err = server.communicate()
    assert err == ""
    assert re.search(r"A data set of 2 graphs, which is only read: sha256:[0-9a-f]{64}\. Ctrl-C", out)


def test_what_cannot_be_opened_is_one_sentence(source: Path, database: str, tmp_path: Path) -> None:
    def says(folder: Path, *command: str) -> str:
        return failure(*command, "--database", f"parquet://{folder}", data=tmp_path / "data")

    assert says(tmp_path / "none", "graphs").endswith("/none cannot be used: there is no such folder")
    assert "it has no record.json, which is written last" in says(source, "graphs")
    copied = tmp_path / "set"
    copied.mkdir()
    for file in Path(database.removeprefix("parquet://")).iterdir():
        (copied / file.name).write_bytes(file.read_bytes())
    nodes = copied / "nodes.parquet"
    nodes.write_bytes(nodes.read_bytes()[:-1])
    for command in (("graphs",), ("serve", "--port", "0")):
        assert says(copied, *command).endswith("not what was written: nodes.parquet has another hash")


def test_copy_writes_a_data_set(source: Path, tmp_path: Path) -> None:
    laptop, target = f"ladybug://{source}/graphs.lbug", f"parquet://{tmp_path}/set"
    one = run("copy", laptop, target, "one", data=None)
    assert one.status == 0 and one.out.startswith("Copied one (")
    assert "graphs: 1, content: sha256:" in one.out
    with open_store(laptop, read_only=True) as before, open_store(target, read_only=True) as after:
        (record,) = after.graphs()
        assert_same(after.read(record.id), before.read(record.id))
    assert "the folder is not empty" in sentence(run("copy", laptop, target, data=None))
    both = run("copy", laptop, f"parquet://{tmp_path}/both", data=None)
    assert both.out.count("Copied") == 2
    open_store(f"ladybug://{tmp_path}/empty.lbug").close()
    nothing = run("copy", f"ladybug://{tmp_path}/empty.lbug", f"parquet://{tmp_path}/nothing", data=None)
    assert nothing.out.startswith("There is nothing to copy in") and not (tmp_path / "nothing").exists()
