"""The kept internals lie beside the traces, under one limit, with the answers to questions about them."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from ingest.internals.folder import InternalsFolder
from ingest.traces.folder import TraceFolder
from ingest.traces.kept import KeptFiles
from queries.errors import InternalsNotComputed, TracesUnavailable
from queries.internals.findings import CellQuestion, LinkPathsFound, LinkQuestion
from tests.ingest.internals.samples import record_of, written

QUESTION = LinkQuestion(source="graph/embedding/-1/0/0", target="graph/logit/1/0/2")
FOUND = LinkPathsFound(
    source=QUESTION.source,
    target=QUESTION.target,
    weight=1.5,
    direct=1.5,
    heads=[],
    rest=0.0,
    past=[1.5],
    sums_error=0.0,
    layers_error=1e-8,
)


@pytest.fixture(params=["a folder", "elsewhere"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "a folder":
        yield str(tmp_path / "kept")
        return
    url = f"memory://{uuid4().hex}/kept"
    yield url
    files, root = fsspec.url_to_fs(url)
    if files.exists(root):
        files.rm(root, recursive=True)


def names(place: str) -> list[str]:
    files, root = fsspec.url_to_fs(place)
    return sorted(name.rpartition("/")[2] for name in files.ls(root, detail=False))


def answered(tmp_path: Path) -> Path:
    path = tmp_path / "answer.json"
    path.write_text(FOUND.model_dump_json())
    return path


def test_they_are_found_until_they_are_dropped(place: str, tmp_path: Path) -> None:
    folder = InternalsFolder(KeptFiles(place))
    with pytest.raises(InternalsNotComputed, match="'graph' are not here: their file was made elsewhere"):
        folder.open("graph", "one")
    folder.keep("one", written(tmp_path / "work"))
    with folder.open("graph", "one") as file:
        assert file.record == record_of("one")
    folder.drop("one")
    folder.drop("one")
    assert names(place) == []


def test_an_answer_is_of_its_question_and_goes_with_the_internals(place: str, tmp_path: Path) -> None:
    folder = InternalsFolder(KeptFiles(place))
    assert folder.answer("one", QUESTION) is None
    folder.keep("one", written(tmp_path / "work"))
    folder.keep_answer("one", QUESTION, answered(tmp_path))
    folder.keep_answer("other", QUESTION, answered(tmp_path))
    assert folder.answer("one", QUESTION) == FOUND
    assert folder.answer("one", CellQuestion(layer=0, head=0, query=1, key=0)) is None
    assert folder.answer("one", QUESTION.model_copy(update={"source": "another"})) is None
    folder.drop("one")
    assert folder.answer("one", QUESTION) is None
    assert folder.answer("other", QUESTION) == FOUND
    assert len(names(place)) == 1


def test_one_limit_is_of_traces_and_internals(place: str, tmp_path: Path) -> None:
    traces = TraceFolder(place, lambda: {"old"}, limit=3000)
    trace = tmp_path / "trace"
    trace.write_bytes(bytes(2000))
    traces.keep("old", trace)
    folder = InternalsFolder(traces.files)
    file = written(tmp_path / "work")
    assert file.stat().st_size > 1000
    folder.keep("one", file)
    assert names(place) == ["one.internals"], "the oldest goes, of whichever kind"


def test_a_place_that_cannot_be_used_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = InternalsFolder(KeptFiles(str(tmp_path / "file" / "kept")))
    with pytest.raises(TracesUnavailable):
        folder.keep("one", written(tmp_path / "work"))
    folder.drop("one")  # nothing names it: that is logged only


def test_an_answer_is_read_as_what_was_asked(tmp_path: Path) -> None:
    folder = InternalsFolder(KeptFiles(str(tmp_path / "kept")))
    folder.keep_answer("one", QUESTION, answered(tmp_path))
    found = folder.answer("one", QUESTION)
    assert found is not None and json.loads(found.model_dump_json())["direct"] == 1.5
