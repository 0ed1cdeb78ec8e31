"""`circuit-explorer label`: a person names a feature, and every graph shows it."""

import json
from pathlib import Path

import pytest

from tests.api.http.routes.test_annotation import write_gemma
from tests.support import processes


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with two graphs of feature 2 of layer 0, one of which labels it."""
    files = [write_gemma(tmp_path / "one.json"), write_gemma(tmp_path / "two.json", "a state", weight=2.5)]
    assert processes.run("import", *files, data=tmp_path / "data").status == 0
    return tmp_path / "data"


def label(data: Path, *arguments: str) -> processes.Done:
    return processes.run("label", *arguments, data=data)


def called(data: Path, graph: str, *options: str) -> str | None:
    answer = json.loads(
        processes.run("paths", graph, "--json", "--group-by", "none", *options, data=data).out
    )
    found: str | None = answer["paths"][0]["nodes"][1]["label"]
    return found


def test_a_label_is_told_set_for_every_graph_and_taken_away(data: Path) -> None:
    told = label(data, "one", "0/2")
    assert told.out.startswith("L0/2 is called 'a state', borrowed from two; graphs that have it: 2."), told
    done = label(data, "one", "feature/0/1/2", "Lone Star", "--author", "ada")
    assert (done.status, done.err) == (0, "") and "is called 'Lone Star', said by ada" in done.out
    assert (called(data, "one"), called(data, "two")) == ("Lone Star", "Lone Star")
    done = label(data, "two", "feature:0/2", "--remove", "--author", "ada")
    assert "is called 'a state'" in done.out
    assert (called(data, "one"), called(data, "one", "--labels", "own")) == ("a state", None)
    assert json.loads(label(data, "one", "0/2", "--json").out)["label_origin"]["by"] == "two"


def test_rows_say_that_labels_are_borrowed(data: Path) -> None:
    assert (
        "Some labels are borrowed from two (--labels own: neither)."
        in processes.run("paths", "one", "--group-by", "none", data=data).out
    )
    assert "borrowed" not in processes.run("paths", "two", data=data).out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("one", "0/3"), "one has no feature '0/3': name it LAYER/INDEX"),
        (("one", "embedding/-1/0/5"), "has no feature"),
        (("one", "0/2", "x", "--remove"), "Give a TEXT, or --remove"),
        (("one", "0/2", "--author", "ada"), "--author goes with a TEXT"),
        (("one", "0/2", "  "), "no words"),
        (("three", "0/2"), "There is no graph 'three'"),
    ],
)
def test_a_mistake_is_one_line(data: Path, arguments: tuple[str, ...], says: str) -> None:
    done = label(data, *arguments)
    assert done.status != 0 and says in done.err and done.err.count("\n") == 1
