"""`circuit-explorer annotate`, against a stand-in for Neuronpedia."""

import json
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from queries.graph.features import UNSAID
from queries.store.open import open_store
from tests.api.http.routes.test_annotation import SOURCE, write_gemma
from tests.support import processes
from tests.support.neuronpedia.site import Site, always, answer, entry, served, write_bulk


@pytest.fixture
def site() -> Iterator[Site]:
    known = Site()
    known.add(entry(SOURCE, 2))
    with served(known):
        yield known


def run(data: Path, *arguments: str | Path, **variables: str) -> processes.Done:
    named = {f"CIRCUIT_EXPLORER_{name}": value for name, value in variables.items()}
    with patch.object(processes, "environment", lambda *_: {"PATH": "", **named}):
        return processes.run(*arguments, data=data)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with two graphs of one feature, without a label."""
    folder = tmp_path / "data"
    files = [write_gemma(tmp_path / "one.json"), write_gemma(tmp_path / "two.json", weight=2.5)]
    assert run(folder, "import", *files, NEURONPEDIA="off").status == 0
    return folder


def stored(data: Path) -> list[str]:
    """What is stored that somebody says of the graphs' feature."""
    with open_store(f"ladybug://{data / 'graphs.lbug'}", read_only=True) as store:
        found = store.feature("gemma-2-2b", "gemmascope-transcoder-16k", 0, 2)
    return [one.text for one in found.explanations if one.type not in UNSAID]


def test_all_graphs_are_annotated_with_one_request(data: Path, site: Site) -> None:
    done = run(data, "annotate", "--all", NEURONPEDIA=site.url)
    assert (done.status, done.err) == (0, ""), done
    assert done.out.count("1 of 1 features have explanations") == 2
    assert (site.ways(), stored(data)) == (["batch"], [f"{SOURCE} 2"])


def test_neuronpedia_away_is_a_line_and_a_status(data: Path, site: Site) -> None:
    site.faults |= dict.fromkeys(("batch", "feature", "page"), always(answer(503)))
    done = run(data, "annotate", "one", NEURONPEDIA=site.url)
    assert done.status == 1 and "1 are left to ask for" in done.out and "503" in done.err
    assert run(data, "graphs", NEURONPEDIA="off").out.count("gemma-2-2b") == 2


def test_a_server_that_must_not_ask_does_not(data: Path, site: Site) -> None:
    done = run(data, "annotate", "one", "--json", NEURONPEDIA="off")
    (report,) = json.loads(done.out)
    assert (done.status, report["n_left"], site.asked) == (1, 1, [])


def test_bulk_files_are_enough(data: Path, tmp_path: Path, site: Site) -> None:
    known = entry(SOURCE, 2)
    write_bulk(tmp_path / "files", SOURCE, "features", known)
    write_bulk(tmp_path / "files", SOURCE, "explanations", known | {"description": "of a file"})
    files = str(tmp_path / "files")
    done = run(data, "annotate", "one", "--offline", NEURONPEDIA=site.url, NEURONPEDIA_FILES=files)
    assert (done.status, stored(data), site.asked) == (0, ["of a file"], [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.csv", "layer,index,label,score\n0,2,Texas,\n5,5,nowhere,0.5\n"),
        ("labels.csv", '\ufefflayer, index, explanation, author\n0, 2, "Texas", Ada\n9, 9, other, Ada\n'),
        (
            "labels.jsonl",
            '{"layer": "0-x", "index": "2", "description": "Texas"}\n\n{"layer":9,"index":1,"text":"y"}\n',
        ),
    ],
)
def test_labels_come_from_a_file(data: Path, tmp_path: Path, name: str, content: str) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    done = run(data, "annotate", "one", "--file", file, NEURONPEDIA="off")
    assert "1 explanations stored, 0 known, 1 of features that it does not have" in done.out, done
    assert (done.status, stored(data)) == (0, ["Texas"])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("labels.csv", "layer,index,label\n0,2,Texas\n0,two,x\n", "labels.csv, line 3"),
        ("labels.csv", "layer,label\n0,Texas\n", "labels.csv, line 2"),
        ("labels.jsonl", '{"layer": 0, "index": 2, "label": " "}', "no words"),
        ("labels.jsonl", "Texas", "labels.jsonl, line 1"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_its_line(
    data: Path, tmp_path: Path, name: str, content: str, says: str
) -> None:
    file = tmp_path / name
    file.write_text(content)
    done = run(data, "annotate", "one", "--file", file, NEURONPEDIA="off")
    assert done.status == 1 and says in done.err and stored(data) == []


def test_graphs_or_all_must_be_named(data: Path) -> None:
    assert run(data, "annotate", NEURONPEDIA="off").status == 2
    assert run(data, "annotate", "one", "--all", NEURONPEDIA="off").status == 2
