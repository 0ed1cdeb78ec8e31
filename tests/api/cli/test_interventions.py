"""`intervene`, `verify` and `donors`, as a user gives them, on a server whose own process never loads torch."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.patience import TRACING
from tests.support.processes import answer, failure, run, serving, url
from tests.support.tiny_model import PROMPT, write_models_file, write_tiny_model

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * TRACING)]

OTHER = PROMPT.replace("Dallas", "Oakland")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A served data folder with two traced prompts of the tiny model, one of them verified."""
    folder = tmp_path_factory.mktemp("tested")
    tiny, data = folder / "tiny", folder / "data"
    for new in (tiny, data):
        new.mkdir()
    write_tiny_model(tiny)
    write_models_file(data, tiny)
    with serving(data, "--no-examples") as server:
        assert ", faithful to " in run("ingest", PROMPT, "--verify", data=data).out
        assert ", faithful to " not in run("ingest", OTHER, data=data).out
        yield data
        maps = Path(f"/proc/{server.pid}/maps")
        assert not maps.exists() or "libtorch" not in maps.read_text()


def label(data: Path) -> str:
    nodes = requests.get(f"{url(data)}/api/graphs/{graph_id(data)}/nodes").json()
    return str(next(name for name in nodes["label"] if name))


def graph_id(data: Path, prompt: str = PROMPT) -> str:
    return str(next(one["id"] for one in answer("graphs", data=data)["graphs"] if one["prompt"] == prompt))


def test_features_are_changed(data: Path) -> None:
    selector = f"label:{label(data)}"
    found = answer("intervene", PROMPT, selector, "--scale", "-1", "--note", "why", data=data)
    assert {(one["op"], one["factor"]) for one in found["changes"]} == {("scale", -1.0)}
    assert (found["note"], found["graph_id"]) == ("why", graph_id(data))
    said = run("intervene", PROMPT, selector, data=data).out
    for part in ("changed.", "predicted", "as the graph", "in the model", "Before: ", "After: ", "Verdict: "):
        assert part in said
    stored = requests.get(f"{url(data)}/api/graphs/{graph_id(data)}/interventions").json()["interventions"]
    assert len(stored) == 2


def test_a_prediction_needs_no_job(data: Path) -> None:
    jobs = len(answer("jobs", data=data)["jobs"])
    found = answer("intervene", PROMPT, f"label:{label(data)}", "--predict", data=data)
    assert found["why_not_tested"] is None and found["predicted"]["effects"]
    assert "predicted" in run("intervene", PROMPT, f"label:{label(data)}", "--predict", data=data).out
    assert len(answer("jobs", data=data)["jobs"]) == jobs


def test_donors_lend_what_a_graph_has_not(data: Path) -> None:
    listed = answer("donors", PROMPT, data=data)["donors"]
    if listed:  # the tiny model may say the same of both
        assert [one["id"] for one in listed] == [graph_id(data, OTHER)]
    assert run("donors", PROMPT, data=data).status == 0
    said = run("intervene", PROMPT, "--transplant", OTHER, data=data).out
    assert "of them have no node in the graph, and their part is not predicted." in said
    assert "Verdict" not in said


def test_a_graph_is_verified(data: Path) -> None:
    found = answer("verify", PROMPT, "--group-by", "layer", "-k", "3", data=data)
    assert (found["group_by"], len(found["sequences"])) == ("layer", 3)
    said = run("verify", PROMPT, "-k", "3", data=data).out
    for part in ("verdict", "sequence", "the graph's features", "groups hold. In brackets: as many random"):
        assert part in said


def test_the_list_shows_and_sorts_by_faithfulness(data: Path) -> None:
    listed = answer("graphs", "--order", "faithfulness", data=data)["graphs"]
    assert [one["prompt"] for one in listed] == [PROMPT, OTHER]
    assert "faithful (random)" in run("graphs", data=data).out
    assert len(answer("graphs", "--min-faithfulness", "-1000", data=data)["graphs"]) == 1
    assert "No stored graph is verified" in run("graphs", "--min-faithfulness", "1000", data=data).out


def test_what_cannot_be_done_is_one_sentence(data: Path) -> None:
    assert "names nothing here" in failure("intervene", PROMPT, "label:Utah", data=data)
    assert "Only one of --scale, --set, --transplant" in failure(
        "intervene", PROMPT, "label:x", "--scale", "2", "--set", "1", data=data, status=2
    )
    assert "Name what to change" in failure("intervene", PROMPT, data=data, status=2)
    assert "--factor is of a transplant" in failure(
        "intervene", PROMPT, "x", "--factor", "2", data=data, status=2
    )
