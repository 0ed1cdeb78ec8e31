"""`circuit-explorer collections`, and the commands that put graphs into one or list those of one."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import processes
from tests.support.processes import run_apart, sentence, write_graph


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three graphs, two of them in a collection."""
    folder = tmp_path_factory.mktemp("collections")
    files = [
        write_graph(folder / f"{name}.json", name, weight=2.0 + at) for at, name in enumerate(("a", "b", "c"))
    ]
    first = processes.run("import", *files[:2], "--collection", "cities", data=folder / "data")
    assert (first.status, processes.run("import", files[2], data=folder / "data").status) == (0, 0)
    return folder / "data"


def out(data: Path, *arguments: str) -> str:
    done = processes.run(*arguments, data=data)
    assert (done.status, done.err) == (0, ""), done
    return done.out


def answer(data: Path, *arguments: str) -> Any:
    return json.loads(out(data, *arguments, "--json"))


def names(data: Path, collection: str) -> list[str]:
    return [one["name"] for one in answer(data, "graphs", "--collection", collection)["graphs"]]


def test_collections_are_listed_and_changed(data: Path) -> None:
    lines = [line.split() for line in out(data, "collections").splitlines()]
    assert lines[0] == ["collection", "graphs", "created"] and lines[1][:2] == ["cities", "2"]
    assert out(data, "collections", "list") == out(data, "collections")
    (listed,) = answer(data, "collections")["collections"]
    assert (listed["name"], listed["n_graphs"]) == ("cities", 2)
    assert out(data, "collections", "add", "best ones", "a", "c") == "best ones: 2 graphs.\n"
    assert answer(data, "collections", "add", "best ones", "c")["n_graphs"] == 2
    assert out(data, "collections", "remove", "best ones", "a") == "best ones: 1 graph.\n"
    assert names(data, "best ones") == ["c"] and sorted(names(data, "cities")) == ["a", "b"]
    assert "c" in out(data, "graphs", "--collection", "best ones")
    assert out(data, "collections", "rename", "best ones", "best") == "best: 1 graph.\n"
    assert out(data, "collections", "add", "later") == "later: 0 graphs.\n"
    assert out(data, "graphs", "--collection", "later") == "The collection 'later' has no graph.\n"
    nothing = out(data, "graphs", "--collection", "cities", "--min-faithfulness", "0.5")
    assert nothing == "No graph of the collection 'cities' is verified and faithful to 0.5.\n"
    deleted = "Deleted the collection 'best'.\nDeleted the collection 'later'.\n"
    assert out(data, "collections", "delete", "best", "later") == deleted
    assert len(answer(data, "graphs")["graphs"]) == 3


@pytest.mark.slow
def test_what_its_graphs_share_is_asked_by_its_name(data: Path) -> None:
    asked = ("query", "--name", "collection-features", "--parameter")
    found = run_apart(*asked, "collection=cities", "--format", "json", data=data)
    assert [row[2:4] for row in json.loads(found.out)["rows"]] == [[2, 1.0]]
    assert "There is no collection 'none'." in sentence(run_apart(*asked, "collection=none", data=data))


def test_what_its_graphs_share_is_told(data: Path) -> None:
    lines = out(data, "collections", "shared", "cities").splitlines()
    assert lines[0] == "cities: 2 graphs."
    assert lines[2].rstrip() == "Features: 1 in several graphs"
    assert lines[4].split()[:5] == ["L0/2", "Texas", "2", "of", "2"]
    assert lines[6].rstrip() == "Sequences of groups: 1 in several graphs"
    assert lines[8].split()[:5] == ["Texas", "2", "of", "2", "75.00"]
    assert lines[8].rstrip().endswith("75.00 %: Dallas → Austin")
    found = answer(data, "collections", "shared", "cities")
    assert found["features"][0]["in_graphs"][0]["node"].endswith("/feature/0/1/2")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["shared", "none"], "There is no collection 'none'."),
        (["remove", "none", "a"], "There is no collection 'none'."),
        (["delete", "none"], "There is no collection 'none'."),
        (["rename", "none", "other"], "There is no collection 'none'."),
        (["add", "new", "unknown"], "There is no graph 'unknown'. Stored: "),
        (["remove", "cities", "c"], "There is no graph 'c'. Stored: "),
        (["add", "a/b", "a"], "'a/b' cannot be a name"),
        (["add", " a"], "' a' cannot be a name"),
    ],
)
def test_what_cannot_be_is_one_sentence(data: Path, arguments: list[str], says: str) -> None:
    assert says in sentence(processes.run("collections", *arguments, data=data))
    assert [one["name"] for one in answer(data, "collections")["collections"]] == ["cities"]


@pytest.mark.parametrize(
    "arguments", [["list", "x"], ["shared"], ["add"], ["remove", "x"], ["rename", "x"], ["delete"]]
)
def test_misuse_is_told(data: Path, arguments: list[str]) -> None:
    done = processes.run("collections", *arguments, data=data)
    assert done.status == 2 and f"{arguments[0]} is followed by" in done.err


def test_jobs_say_which_they_go_into(data: Path, tmp_path: Path) -> None:
    (tmp_path / "prompts.jsonl").write_text(
        '{"prompt": "Texas is"}\n{"prompt": "Dallas is", "collection": "own"}\n'
    )
    file = str(tmp_path / "prompts.jsonl")
    jobs = answer(data, "ingest", "--file", file, "--collection", "all")["jobs"]
    assert [job["collection"] for job in jobs] == ["all", "own"]
    job = answer(data, "ingest", "The capital is", "--collection", "all", "--no-wait")
    assert job["collection"] == "all"
    refused = processes.run("ingest", "Texas is", "--collection", "a/b", "--no-wait", data=data)
    assert "collection: 'a/b' cannot be a name" in sentence(refused)
