"""The unpruned trace of a stored graph: kept, pruned again, ranked, and gone with its last graph."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from ingest.graph_file.read import parse_graph_file, read_graph_file
from ingest.importing import READ_IN_SERVER
from ingest.traces.folder import RETENTION
from ingest.worker.tasks import MOST_STORED_LINKS
from queries.graph.attribution_graph import NodeKind
from queries.paths.space import PathQuery, PathSpace, best_paths
from tests.support.graph_documents import whole_document
from tests.support.processes import answer, environment, failure, run, serving, url, write_graph

pytestmark = pytest.mark.slow

STRICT = ("--node-threshold", "0.5", "--edge-threshold", "0.5")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("served")
    with serving(folder, "--no-examples"):
        yield folder


def unpruned_file(path: Path, seed: int, n_features: int = 60) -> Path:
    path.write_text(json.dumps(whole_document(n_features, seed)))
    return path


def traces(data: Path) -> list[str]:
    return sorted(file.stem for file in (data / "traces").glob("*.trace"))


def test_a_file_with_thresholds_is_pruned_and_its_whole_kept(data: Path, tmp_path: Path) -> None:
    file = unpruned_file(tmp_path / "whole.json", seed=1)
    whole = read_graph_file(file.read_bytes())
    (record,) = answer("import", file, "--node-threshold", "0.7", data=data)
    assert (record["node_threshold"], record["edge_threshold"]) == (0.7, 0.98)
    assert record["n_nodes"] < len(whole.nodes) == record["n_trace_nodes"]
    assert record["n_edges"] < len(whole.edges) == record["n_trace_edges"]
    assert (record["origin"], record["share_basis"]) == ("import", "trace")
    assert record["trace_id"] in traces(data)
    assert answer("paths", record["id"], data=data)["pruned_away"] > 0

    again = answer("import", file, "--node-threshold", "0.7", data=data)
    assert again[0]["id"] == record["id"], "the same file and thresholds are the same graph"

    job = answer("prune", record["id"], "--node-threshold", "0.9", "--edge-threshold", "0.9", data=data)
    assert (job["state"], job["phase"]) == ("done", "load")
    more = requests.get(f"{url(data)}/api/graphs/{job['graph_id']}").json()
    assert more["trace_id"] == record["trace_id"] and more["id"] != record["id"]
    assert (more["node_threshold"], more["edge_threshold"]) == (0.9, 0.9)
    assert more["n_feature_nodes"] > record["n_feature_nodes"]
    assert (
        "Known already: graph " + more["id"]
        in run("prune", more["id"], "--node-threshold", "0.9", "--edge-threshold", "0.9", data=data).out
    )

    assert run("delete", record["id"], data=data).status == 0
    assert record["trace_id"] in traces(data), "another graph was pruned from it"
    assert run("delete", more["id"], data=data).status == 0
    assert record["trace_id"] not in traces(data)


def test_unpruned_paths_are_those_of_the_whole_file(data: Path, tmp_path: Path) -> None:
    file = unpruned_file(tmp_path / "whole.json", seed=2)
    content = json.loads(file.read_text())
    features = [one["node_id"] for one in content["nodes"] if "transcoder" in one["feature_type"]]
    file.write_text(
        json.dumps(content | {"qParams": {"supernodes": [["mine", *features[:30]]], "pinnedIds": []}})
    )
    whole = read_graph_file(file.read_bytes())
    (record,) = answer("import", file, "--node-threshold", "0.3", "--edge-threshold", "0.3", data=data)
    single = ("--group-by", "none")
    found = answer(
        "paths", record["id"], "--unpruned", "-k", "50", "--score", "contribution", *single, data=data
    )
    expected = best_paths(PathSpace(whole, PathQuery(k=50, score="contribution")))
    assert [path["score"] for path in found["paths"]] == pytest.approx([path.score for path in expected])
    keys = whole.nodes.keys(record["id"])
    assert [[node["id"] for node in path["nodes"]] for path in found["paths"]] == [
        [keys[node] for node in path.nodes] for path in expected
    ]
    assert found["pruned_away"] == pytest.approx(0.0, abs=1e-12)
    assert found["total"] == pytest.approx(PathSpace(whole, PathQuery()).totals().total)
    pruned = answer("paths", record["id"], "--score", "contribution", data=data)
    assert pruned["total"] < found["total"]
    grouped = answer("paths", record["id"], "--unpruned", "--group-by", "layer", "-k", "3", data=data)
    assert [step["name"] for step in grouped["groups"][0]["sequence"]][1].startswith("layer ")
    automatic = answer("paths", record["id"], "--unpruned", "--groups", "8", data=data)
    assert (automatic["group_by"], automatic["auto"]["groups"]) == ("auto", 8)
    drawn = answer(
        "paths", record["id"], "--unpruned", "--through", "supernode:mine", "-k", "5", *single, data=data
    )
    mine = {keys[node] for node in whole.supernodes[0].members}
    assert all(mine & {node["id"] for node in path["nodes"]} for path in drawn["paths"])
    pruned_nodes = json.loads(run("export", record["id"], "--format", "node-link", data=data).out)["nodes"]
    kept = next(node["id"] for node in pruned_nodes if "/embedding/" in node["id"])
    done = run("supernodes", record["id"], "add", "of one", kept, data=data)
    assert done.status == 0, done.err
    drawn = answer(
        "paths", record["id"], "--unpruned", "--through", "supernode:of one", "-k", "5", *single, data=data
    )
    assert drawn["paths"] and all(kept in {node["id"] for node in path["nodes"]} for path in drawn["paths"])
    one, other, *_ = whole.nodes.of_kind(NodeKind.LOGIT).tolist()
    difference = (*("--target", keys[one]), *("--rather-than", keys[other]), "--group-by", "none")
    exact = answer("paths", record["id"], "--unpruned", *difference, data=data)
    expected = best_paths(PathSpace(whole, PathQuery(targets=(one,), rather_than=other)))
    assert exact["difference_is_exact"] is True
    assert [path["score"] for path in exact["paths"]] == pytest.approx([path.score for path in expected])
    assert exact["rather_than"]["id"] == keys[other]
    stored = answer("paths", record["id"], *difference, data=data)
    assert stored["difference_is_exact"] is False
    shown = run("paths", record["id"], "--unpruned", data=data)
    assert shown.status == 0 and " -> " in shown.out
    wrong = failure("paths", record["id"], "--unpruned", "--through", "label:nothing", data=data)
    assert "label:nothing" in wrong


def test_a_graph_without_a_trace_says_so(data: Path, tmp_path: Path) -> None:
    (record,) = answer("import", write_graph(tmp_path / "tiny.json"), data=data)
    assert record["trace_id"] is None
    for command in (("prune", record["id"]), ("paths", record["id"], "--unpruned")):
        assert "is not kept here: it was imported as it is" in failure(*command, data=data)
    got = requests.post(f"{url(data)}/api/graphs/{record['id']}/prune", json={})
    assert (got.status_code, got.json()["error"]) == (404, "TraceNotKept")
    missing = requests.post(f"{url(data)}/api/graphs/nothing/prune", json={})
    assert (missing.status_code, missing.json()["error"]) == (404, "GraphNotFound")
    wrong = requests.post(f"{url(data)}/api/graphs/{record['id']}/prune", json={"node_threshold": 2})
    assert wrong.status_code == 422 and "node_threshold" in wrong.json()["detail"]


def test_a_damaged_trace_is_refused_and_loses_nothing(data: Path, tmp_path: Path) -> None:
    (record,) = answer(
        "import", unpruned_file(tmp_path / "w.json", seed=3), "--edge-threshold", "0.9", data=data
    )
    file = data / "traces" / f"{record['trace_id']}.trace"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    for command in (
        ("prune", record["id"], "--node-threshold", "0.9"),
        ("paths", record["id"], "--unpruned"),
    ):
        assert "the trace cannot be read" in failure(*command, data=data)
    assert answer("paths", record["id"], data=data)["groups"], "the pruned graph is as it was"


def test_a_large_file_is_read_apart_and_pruned_unasked(data: Path, tmp_path: Path) -> None:
    """A file with more links than are stored unpruned. A process of its own reads it, outside the server's memory."""
    n_features = 1_720
    file = unpruned_file(tmp_path / "large.json", seed=4, n_features=n_features)
    assert file.stat().st_size > READ_IN_SERVER
    links = len(parse_graph_file(file.read_bytes()).links.weight)
    assert links > MOST_STORED_LINKS
    (record,) = answer("import", file, data=data)
    assert (record["n_trace_edges"], record["node_threshold"]) == (links, 0.8)
    assert record["n_edges"] < links
    assert not any((data / "whole").iterdir()), "nothing is left of it but the trace"
    file.write_bytes(file.read_bytes()[:-1])
    assert "it is not JSON" in failure("import", file, data=data)
    assert not any((data / "whole").iterdir())


def test_traces_can_be_kept_elsewhere(tmp_path: Path) -> None:
    data, elsewhere = tmp_path / "data", "memory://traces"  # the server's memory: other processes get copies
    file = unpruned_file(tmp_path / "w.json", seed=10)
    with serving(data, "--no-examples", "--traces", elsewhere):
        (record,) = answer("import", file, "--node-threshold", "0.5", data=data)
        assert not (data / "traces").exists()
        whole = answer("paths", record["id"], "--unpruned", "--group-by", "none", data=data)
        assert whole["total"] > answer("paths", record["id"], "--group-by", "none", data=data)["total"]
        job = answer("prune", record["id"], "--node-threshold", "0.9", data=data)
        assert job["state"] == "done"
        assert run("delete", record["id"], job["graph_id"], data=data).status == 0
        assert not any((data / "whole").iterdir()) and not any((data / "work").iterdir())


def test_a_trace_that_is_cut_says_so(
    data: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is pruned again up to its threshold, and ranked with exact shares."""
    file = unpruned_file(tmp_path / "w.json", seed=11)
    monkeypatch.setattr("tests.support.processes.environment", environment_with("pruned"))
    other = tmp_path_factory.mktemp("cut")
    with serving(other, "--no-examples"):
        (record,), (whole,) = (answer("import", file, *STRICT, data=where) for where in (other, data))
        facts = ("id", "trace_id", "n_trace_nodes", "n_trace_edges", "n_edges")
        assert [record[name] for name in facts] == [whole[name] for name in facts]
        sizes = [(place / "traces" / f"{record['trace_id']}.trace").stat().st_size for place in (other, data)]
        assert sizes[0] < sizes[1]
        asked = ("paths", record["id"], "--unpruned", "--group-by", "none", "-k", "5")
        cut, exact = answer(*asked, data=other), answer(*asked, data=data)
        assert (cut["cut_at"], exact["cut_at"]) == (0.999, None)
        assert exact["pruned_away"] < 1e-12 < cut["pruned_away"] < 0.1
        shown = [[path["score"] for path in one["paths"]] for one in (cut, exact)]
        assert shown[0] == pytest.approx(shown[1], rel=1e-12)
        job = answer("prune", record["id"], "--node-threshold", "0.9", data=other)
        assert job["state"] == "done"
        assert "the kept trace was cut at 0.999" in failure(
            "prune", record["id"], "--node-threshold", "1", data=other
        )


def test_where_no_traces_are_kept_graphs_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = unpruned_file(tmp_path / "w.json", seed=12)
    monkeypatch.setattr("tests.support.processes.environment", environment_with("none"))
    with serving(tmp_path / "data", "--no-examples"):
        (record,) = answer("import", file, *STRICT, data=tmp_path / "data")
        assert not (tmp_path / "data" / "traces").exists()
        for command in (("prune", record["id"]), ("paths", record["id"], "--unpruned")):
            assert f"no traces are kept ({RETENTION}=none)" in failure(*command, data=tmp_path / "data")


def environment_with(retention: str) -> Callable[[str | None], dict[str, str]]:
    def with_retention(token: str | None = None) -> dict[str, str]:
        return environment(token) | {RETENTION: retention}

    return with_retention


def test_a_place_for_traces_that_cannot_be_opened_is_told_at_the_start(tmp_path: Path) -> None:
    assert "The kept traces at nosuch://x cannot be used: Protocol not known: nosuch" in failure(
        "graphs", "--traces", "nosuch://x", data=tmp_path
    )


def test_minus_nought_is_nought(data: Path, tmp_path: Path) -> None:
    file = unpruned_file(tmp_path / "w.json", seed=9)
    (one,), (other,) = (answer("import", file, "--edge-threshold", said, data=data) for said in ("0", "-0.0"))
    assert one["id"] == other["id"]


def test_thresholds_out_of_range_are_refused(data: Path, tmp_path: Path) -> None:
    file: Any = write_graph(tmp_path / "tiny.json")
    assert "--node-threshold" in failure("import", file, "--node-threshold", "1.5", data=data, status=2)
