"""`ingest` with a model named by its source, and with one loaded otherwise than it is listed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.patience import TRACING
from tests.support.processes import answer, failure, run, serving, url
from tests.support.tiny_model import PROMPT, write_models_file, write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_model(folder)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, tiny: Path) -> Iterator[Path]:
    """A served data folder that lists the tiny model."""
    data = tmp_path_factory.mktemp("served")
    write_models_file(data, tiny)
    with serving(data, "--no-examples"):
        yield data


def sources(tiny: Path) -> tuple[str, ...]:
    return "--model", str(tiny / "model"), "--transcoders", str(tiny / "transcoders")


def test_folders_are_traced_without_being_listed(tiny: Path, tmp_path: Path) -> None:
    said = run(
        "ingest", PROMPT, *sources(tiny), "--device", "cpu", "--no-lazy-decoder", data=tmp_path / "data"
    )
    assert said.status == 0, said
    (record,) = answer("graphs", data=tmp_path / "data")["graphs"]
    assert record["model"].startswith("model-") and record["transcoder_set"].startswith("transcoders-")
    assert said.out.startswith(f"Graph {record['id']}")
    (job,) = answer("jobs", data=tmp_path / "data")["jobs"]
    assert (job["state"], job["model"]) == ("done", record["model"])
    assert job["parameters"]["device"] == "cpu"


def test_a_running_server_is_told_of_no_model(served: Path, tiny: Path) -> None:
    done = run("ingest", PROMPT, *sources(tiny)[:2], "--transcoders", "owner/name", data=served)
    *lines, said = done.err.splitlines()
    assert done.status == 1
    assert said.endswith("does not know it: put these lines into models.toml there, and start again.")
    assert lines[0] == "[[model]]" and 'source = "owner/name"' in lines
    assert answer("jobs", "--limit", "1", data=served)["jobs"] == []


def test_what_would_have_to_wait_is_refused(tiny: Path, tmp_path: Path) -> None:
    misused = failure("ingest", PROMPT, *sources(tiny), "--no-wait", data=tmp_path / "data", status=2)
    assert "known to this command alone" in misused
    misused = failure("ingest", PROMPT, "--backend", "nnsight", data=tmp_path / "data", status=2)
    assert "--backend is for what is named by its source" in misused
    jobs = "sqlite:///" + str(tmp_path / "jobs.sqlite")
    done = run("ingest", PROMPT, *sources(tiny), "--jobs", jobs, data=tmp_path / "data")
    assert "Those who run the jobs of --jobs do not know it" in done.err


def test_another_type_is_another_graph_and_is_tested_with_it(served: Path) -> None:
    for options in (
        (),
        ("--dtype", "bfloat16", "--offload", "disk"),
        ("--dtype", "float32", "--offload", "none"),
    ):
        assert run("ingest", PROMPT, *options, data=served).status == 0
    graphs = answer("graphs", data=served)["graphs"]
    assert sorted(graph["dtype"] for graph in graphs) == ["bfloat16", "float32"]  # the third is the first
    of_half = next(graph["id"] for graph in graphs if graph["dtype"] == "bfloat16")
    labels = requests.get(f"{url(served)}/api/graphs/{of_half}/nodes").json()["label"]
    tested = answer("intervene", of_half, f"label:{next(filter(None, labels))}", data=served)
    assert tested["graph_id"] == of_half
    assert answer("jobs", "--limit", "1", data=served)["jobs"][0]["parameters"]["dtype"] == "bfloat16"


def test_what_no_machine_has_is_a_job_s_problem(served: Path) -> None:
    assert "There is no device 'cuda:42' here" in failure(
        "ingest", PROMPT, "--device", "cuda:42", data=served
    )
    assert "device" in failure("ingest", PROMPT, "--device", "tpu", data=served)
