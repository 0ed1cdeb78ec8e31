"""`circuit-explorer export` and `open`, as a user runs them."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import networkx as nx
import pytest

from api.cli.background import LOG
from api.client.places import Address
from ingest import read_graph_file
from queries.exports.formats import FORMATS
from queries.store.open import open_store
from queries.words import EXPORT_FORMATS
from tests.queries.store.test_store import assert_same
from tests.support import processes
from tests.support.processes import answer, failure, run, run_apart, serving, write_graph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a server with the graphs `one` and `two`."""
    folder = tmp_path_factory.mktemp("served")
    files = [
        write_graph(folder / f"{name}.json", name, weight) for name, weight in (("one", 1.0), ("two", 2.0))
    ]
    with serving(folder / "data", "--no-examples"):
        answer("import", *files, data=folder / "data")
        yield folder / "data"


def exported(*arguments: str | Path, data: Path) -> str:
    done = run("export", *arguments, data=data)
    assert (done.status, done.err) == (0, ""), done
    return done.out


def test_text_is_printed(data: Path) -> None:
    stored = {one["name"]: one for one in answer("graphs", data=data)["graphs"]}
    assert read_graph_file(exported("one", data=data).encode()).record.id == stored["one"]["id"]
    assert len(nx.parse_graphml(exported("two", "--format", "graphml", data=data))) == 3


def test_a_file_and_a_folder_of_files(data: Path, tmp_path: Path) -> None:
    assert exported("one", "-o", tmp_path / "new" / "a.json", data=data).startswith("Wrote ")
    assert read_graph_file((tmp_path / "new" / "a.json").read_bytes()).record.name == "one"
    exported("one", "two", "one", "--format", "csv", "-o", tmp_path / "csv", data=data)
    files = sorted((tmp_path / "csv").iterdir())
    assert [file.name[:4] for file in files] == ["one-", "two-"]
    assert all(zipfile.ZipFile(io.BytesIO(file.read_bytes())).testzip() is None for file in files)
    assert all(file.name.endswith(".csv.zip") for file in files)


def test_graphs_go_into_a_data_set_and_into_another_database(data: Path, tmp_path: Path) -> None:
    exported("one", "two", "--format", "parquet", "-o", tmp_path / "set", data=data)
    target = f"ladybug://{tmp_path}/new.lbug"
    copied = run("copy", f"parquet://{tmp_path}/set", target, data=None)
    assert copied.status == 0 and copied.out.count("Copied") == 2
    with (
        open_store(f"ladybug://{data}/graphs.lbug", read_only=True) as before,
        open_store(target) as after,
    ):
        for record in before.graphs():
            assert_same(after.read(record.id), before.read(record.id))
    says = failure("export", "one", "--format", "parquet", "-o", tmp_path / "set", data=data)
    assert says.endswith("is there already: name an empty or new folder.")
    assert run("copy", f"parquet://{tmp_path}", target, data=None).status == 1


def test_parts(data: Path, tmp_path: Path) -> None:
    def edges(*arguments: str) -> int:
        content = exported("one", "--format", "node-link", *arguments, data=data)
        return len(json.loads(content)["edges"])

    assert edges("--paths", "1") == 2
    assert edges("--paths", "1", "--group-by", "label", "--through", "label:Texas") == 3
    assert edges("--node", "embeddings", "--node", "label:Texas") == 1
    assert "has no view" in failure("export", "one", "--pinned", data=data)
    assert "has no view 'mine'" in failure("export", "one", "--view", "mine", data=data)
    exported("one", "--format", "parquet", "--paths", "1", "-o", tmp_path / "set", data=data)
    with open_store(f"parquet://{tmp_path}/set", read_only=True) as store:
        assert [record.n_edges for record in store.graphs()] == [2]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("one", "two"), "with -o"),
        (("one", "--format", "csv"), "with -o"),
        (("one", "--node", "errors", "--pinned"), "Give one of"),
        (("one", "--through", "errors"), "--through goes with --paths"),
        (("one", "two", "--format", "parquet", "--paths", "1", "-o", "nowhere"), "one graph at a time"),
    ],
)
def test_what_goes_together_is_said(data: Path, arguments: tuple[str, ...], says: str) -> None:
    assert says in failure("export", *arguments, data=data, status=2)


def test_nothing_is_written_unless_all_are_found(data: Path, tmp_path: Path) -> None:
    failure("export", "one", "none", "-o", tmp_path / "out", data=data)
    failure("export", "one", "--node", "label:Nowhere", "-o", tmp_path / "a.json", data=data)
    assert list(tmp_path.iterdir()) == []


def test_the_command_s_formats_are_the_api_s() -> None:
    from api.cli.commands.export import SUFFIXES

    assert {name: form.suffix for name, form in FORMATS.items() if name != "parquet"} == SUFFIXES
    assert set(EXPORT_FORMATS) == set(FORMATS)


def test_open_asks_the_running_server(data: Path, tmp_path: Path) -> None:
    file = write_graph(tmp_path / "three.json", "three", 3.0)
    with patch("webbrowser.open") as browser:
        done = run("open", file, tmp_path / "none.json", data=data)
        graph = next(one for one in answer("graphs", data=data)["graphs"] if one["name"] == "three")
        page = f"{processes.url(data)}/graphs/{graph['id']}"
        browser.assert_called_once_with(page)
        assert done.status == 1 and "none.json: no such file" in done.err
        assert page in done.out.splitlines() and "goes on as process" not in done.out
        assert run("open", file, "--no-browser", data=data).out.splitlines()[-1] == page
        browser.assert_called_once()


def test_open_starts_a_server_that_goes_on(tmp_path: Path) -> None:
    file, folder = write_graph(tmp_path / "tiny.json"), tmp_path / "data"
    done = run_apart("open", file, "--no-browser", data=folder)
    assert (done.status, done.err) == (0, "")
    address = Address.read(folder)
    assert address is not None
    try:
        assert f"The server goes on as process {address.pid} " in done.out
        (graph,) = answer("graphs", data=folder)["graphs"]
        assert f"{address.url}/graphs/{graph['id']}" in done.out.splitlines()
        assert "Circuit Explorer is at" in (folder / LOG).read_text()
    finally:
        processes.end(address.pid)
    assert not address.is_alive() or Address.read(folder) is None


def test_open_keeps_no_server_for_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")
    done = run_apart("open", tmp_path / "bad.json", data=tmp_path / "data")
    assert done.status == 1 and "bad.json: metadata: missing" in done.err
    assert Address.read(tmp_path / "data") is None
    assert run_apart("open", tmp_path / "none.json", data=tmp_path / "new").status == 1
    assert not (tmp_path / "new").exists()


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    file = write_graph(tmp_path / "tiny.json")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "models.toml").write_text("nonsense")
    done = run_apart("open", file, data=tmp_path / "data")
    assert done.status == 1 and "The server does not start: " in done.err and "models.toml" in done.err
