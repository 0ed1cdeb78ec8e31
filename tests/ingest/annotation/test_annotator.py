"""What features are, from every source in turn, whatever fails."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import requests

from ingest.annotation import web
from ingest.annotation.annotator import OFF, Annotation, Annotator
from ingest.annotation.cache import MISSING_DAYS, opened
from ingest.annotation.file import features_of
from ingest.models import Registry
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import UNSAID
from tests.support.graphs import make_graph
from tests.support.neuronpedia.site import (
    Site,
    always,
    answer,
    entry,
    explanation,
    first,
    page,
    served,
    write_bulk,
)
from tests.support.patience import PATIENCE

SET = "gemmascope-transcoder-16k"
SOURCES = [f"{layer}-{SET}" for layer in range(4)]
ENTRIES = [entry(source, index) for source, index in zip(SOURCES, range(1, 5), strict=True)]
"""Of the features of GRAPH: layer 0, index 1 and so on."""
GRAPH = make_graph("EFFFFL", {}, model="gemma-2-2b", transcoder_set=SET)
ALL = {(layer, layer + 1): f"{SOURCES[layer]} {layer + 1}" for layer in range(4)}
REFUSAL = json.dumps(
    {"endpoint": "/api", "limitPerWindow": 9, "requestWindow": "60 ms", "error": "Rate limit exceeded"}
)


@pytest.fixture
def site() -> Iterator[Site]:
    known = Site()
    known.add(*ENTRIES)
    with served(known):
        yield known


def annotator(data: Path, address: str = OFF, files: Any = None, batch: int = 1000) -> Annotator:
    return Annotator(data, Registry(()), address, files and str(files), batch=batch)


def annotate(
    one: Annotator, graph: AttributionGraph = GRAPH, seconds: float = PATIENCE, ask: bool = True
) -> Annotation:
    return one.annotate(graph.record, features_of(graph), seconds, ask=ask)


def texts(annotation: Annotation) -> dict[Any, str]:
    """What is said of each feature."""
    return {
        feature: "; ".join(one.text for one in explanations if one.type not in UNSAID)
        for feature, explanations in annotation.explanations.items()
    }


def test_many_features_take_one_request_and_are_kept(site: Site, tmp_path: Path) -> None:
    found = annotate(annotator(tmp_path, site.url))
    assert texts(found) == ALL
    report = found.report
    assert (report.n_features, report.n_explained, report.n_missing, report.n_left) == (4, 4, 0, 0)
    assert (report.problems, report.unknown_sets, report.resumes_in) == ([], [], None)
    assert site.ways() == ["batch"]
    assert all(1 <= one["maxActsToReturn"] <= 20 for one in site.bodies[0]), (
        "without it, all activations come"
    )
    again = annotator(tmp_path, site.url)
    assert texts(annotate(again)) == ALL
    assert site.ways() == ["batch"], "what is kept is never asked for again"
    facts = again.facts("gemma-2-2b", "mwhanna/gemma-scope-transcoders", 0, 1)
    assert facts is not None and facts.origin == "batch"
    assert [(one.token, one.value) for one in facts.top_logits] == [(" Texas", 1.5), (" Austin", 0.5)]
    assert [one.token for one in facts.bottom_logits] == [" Ohio"]
    assert (facts.density, facts.max_activation, facts.logit_histogram) == (0.001, 12.5, None)
    assert facts.activation_histogram is not None and facts.activation_histogram.heights == [30, 4]
    assert [one.tokens for one in facts.examples] == [["in", " Texas"], ["in", " Ohio"]]


def test_equal_indices_of_two_layers_are_told_apart(site: Site, tmp_path: Path) -> None:
    graph = make_graph("EFFL", {}, model="gemma-2-2b", transcoder_set=SET)
    graph.nodes.index[1:3] = 77
    graph.nodes.layer[1:3] = [9, 10]  # the answer has `10-…` first, as texts are sorted
    site.add(entry(f"9-{SET}", 77), entry(f"10-{SET}", 77))
    found = annotate(annotator(tmp_path, site.url), graph)
    assert texts(found) == {(10, 77): f"10-{SET} 77", (9, 77): f"9-{SET} 77"}


def test_a_feature_that_the_batch_leaves_out_is_missing(site: Site, tmp_path: Path) -> None:
    del site.features["gemma-2-2b", SOURCES[2], 3]
    for _ in range(2):
        found = annotate(annotator(tmp_path, site.url))
        assert (found.report.n_explained, found.report.n_missing, found.report.n_left) == (3, 1, 0)
    assert site.ways() == ["batch"]


def grow_older(data: Path, days: int) -> None:
    """What is kept, as if it had been kept so many days earlier."""
    with opened(data) as connection:
        connection.execute("UPDATE features SET kept_at = datetime(kept_at, ?)", (f"-{days} days",))


def test_a_missing_feature_is_asked_for_again_in_time(site: Site, tmp_path: Path) -> None:
    late = site.features.pop(("gemma-2-2b", SOURCES[2], 3))
    annotate(annotator(tmp_path, site.url))
    site.add(late)
    grow_older(tmp_path, MISSING_DAYS - 1)
    assert annotate(annotator(tmp_path, site.url)).report.n_missing == 1
    grow_older(tmp_path, 2)
    assert texts(annotate(annotator(tmp_path, site.url))) == ALL
    assert [len(asked) for _, asked in site.asked] == [4, 1], "what is known does not grow old"


def test_a_feature_that_is_missing_still_is_so_for_as_long_again(site: Site, tmp_path: Path) -> None:
    del site.features["gemma-2-2b", SOURCES[2], 3]
    for _ in range(2):
        annotate(annotator(tmp_path, site.url))
        grow_older(tmp_path, MISSING_DAYS + 1)
        assert annotate(annotator(tmp_path, site.url)).report.n_missing == 1
        assert annotate(annotator(tmp_path, site.url)).report.n_missing == 1
    assert [len(asked) for _, asked in site.asked] == [4, 1, 1]


@pytest.mark.parametrize(
    "fault",
    [
        answer(500),
        answer(200, "[{"),
        answer(200, '{"message": "no"}'),
        answer(200, '[{"modelId"', **{"Content-Length": "900"}),
    ],
)
def test_a_batch_that_fails_is_halved(site: Site, tmp_path: Path, fault: Any) -> None:
    site.faults["batch"] = lambda _, asked: fault if len(asked) > 1 else None
    assert texts(annotate(annotator(tmp_path, site.url))) == ALL
    assert [len(asked) for _, asked in site.asked] == [4, 2, 1, 1, 2, 1, 1]


def test_one_feature_that_breaks_its_batch_is_asked_alone(site: Site, tmp_path: Path) -> None:
    poison = ("gemma-2-2b", SOURCES[1], 2)
    site.faults["batch"] = lambda _, asked: answer(500) if poison in asked else None
    assert texts(annotate(annotator(tmp_path, site.url))) == ALL
    assert ("feature", poison) in site.asked and site.ways().count("feature") == 1


def test_one_answer_that_cannot_be_read_is_asked_alone(site: Site, tmp_path: Path) -> None:
    torn = [ENTRIES[0], {"index": 2}, ENTRIES[2] | {"pos_values": ["much", 1]}, ENTRIES[3]]
    site.faults["batch"] = always(answer(200, json.dumps(torn)))
    assert texts(annotate(annotator(tmp_path, site.url))) == ALL
    assert sorted(asked[2] for way, asked in site.asked if way == "feature") == [2, 3]


@pytest.mark.parametrize("gone", [answer(404), answer(500)])
def test_without_the_batch_endpoint_the_single_one_answers(site: Site, tmp_path: Path, gone: Any) -> None:
    site.faults["batch"] = always(gone)
    del site.features["gemma-2-2b", SOURCES[3], 4]
    found = annotate(annotator(tmp_path, site.url))
    assert (texts(found), found.report.n_missing) == ({at: ALL[at] for at in list(ALL)[:3]}, 1)
    assert site.ways().count("feature") == 4 and "page" not in site.ways()


@pytest.mark.parametrize("broken", [answer(500), answer(200, "<html>"), answer(200, "null")])
def test_where_nothing_else_answers_the_page_is_read(site: Site, tmp_path: Path, broken: Any) -> None:
    site.faults |= {"batch": always(broken), "feature": always(broken)}
    one = annotator(tmp_path, site.url)
    assert texts(annotate(one)) == ALL
    facts = one.facts("gemma-2-2b", SET, 3, 4)
    assert facts is not None and facts.origin == "page" and facts.top_logits[0].token == " Texas"


@pytest.mark.parametrize(
    "changed", ["<html>Texas</html>", page(entry(SOURCES[0], 99)), page({"new": "shape"})]
)
def test_a_page_that_changed_is_said_and_keeps_nothing(site: Site, tmp_path: Path, changed: str) -> None:
    site.faults = {
        "batch": always(answer(500)),
        "feature": always(answer(500)),
        "page": always(answer(200, changed)),
    }
    found = annotate(annotator(tmp_path, site.url))
    assert (found.explanations, found.report.n_left, found.report.n_missing) == ({}, 4, 0)
    assert any("not as it was" in problem for problem in found.report.problems)
    site.faults = {}
    assert texts(annotate(annotator(tmp_path, site.url))) == ALL


def test_a_passing_fault_is_tried_again(site: Site, tmp_path: Path) -> None:
    site.faults = {"batch": always(answer(404)), "feature": first(2, answer(502))}
    found = annotate(annotator(tmp_path, site.url))
    assert texts(found) == ALL
    assert "page" not in site.ways()


def test_a_refusal_is_waited_out_by_its_own_figures(site: Site, tmp_path: Path) -> None:
    site.faults["batch"] = first(2, answer(429, REFUSAL))
    found = annotate(annotator(tmp_path, site.url))
    assert (texts(found), site.ways()) == (ALL, ["batch"] * 3)


def test_a_refusal_longer_than_the_time_that_is_left_ends_the_work(site: Site, tmp_path: Path) -> None:
    site.faults["batch"] = always(answer(429, "no figures"))
    found = annotate(annotator(tmp_path, site.url), seconds=20)
    assert (found.report.n_left, site.ways()) == (4, ["batch"])
    assert found.report.resumes_in is not None and found.report.resumes_in > 20
    del site.faults["batch"]
    annotate(annotator(tmp_path, site.url), seconds=20)
    assert site.ways() == ["batch"], "another worker of the installation waits too"


def test_nothing_left_of_the_limit_is_a_pause(site: Site, tmp_path: Path) -> None:
    site.headers = {"x-limit-remaining": "0"}
    found = annotate(annotator(tmp_path, site.url, batch=2), seconds=20)
    assert (found.report.n_left, site.ways()) == (2, ["batch"])
    assert found.report.resumes_in is not None


def test_work_that_was_cut_short_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    later = always(answer(429, "{}"))
    site.faults["batch"] = lambda _, asked: later("", None) if asked[0][2] > 2 else None
    assert annotate(annotator(tmp_path, site.url, batch=2), seconds=20).report.n_left == 2
    site.faults = {}
    site.asked.clear()
    with opened(tmp_path) as connection:
        connection.execute("DELETE FROM budget")  # as if the pause were over
    assert texts(annotate(annotator(tmp_path, site.url, batch=2))) == ALL
    assert [[place[2] for place in asked] for _, asked in site.asked] == [[3, 4]]


def test_an_answer_that_does_not_come_is_not_waited_for(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "READ_SECONDS", 1.0)
    released = Event()

    def hangs(*_: Any) -> None:
        released.wait(PATIENCE)

    site.faults["batch"] = hangs
    try:
        assert texts(annotate(annotator(tmp_path, site.url, batch=1))) == ALL
    finally:
        released.set()
    assert site.ways() == ["batch", *["feature"] * 4]


def test_two_workers_that_want_one_feature_ask_for_it_once(site: Site, tmp_path: Path) -> None:
    asked, released = Event(), Event()

    def waits(*_: Any) -> None:
        asked.set()
        released.wait(PATIENCE)

    site.faults["batch"] = waits
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(annotate, annotator(tmp_path, site.url))
        assert asked.wait(PATIENCE)
        other = pool.submit(annotate, annotator(tmp_path, site.url))
        released.set()
        assert texts(one.result()) == texts(other.result()) == ALL
    assert site.ways() == ["batch"]


def test_nobody_at_the_address_is_said(tmp_path: Path) -> None:
    found = annotate(annotator(tmp_path, "http://127.0.0.1:9"))
    assert (found.explanations, found.report.n_left) == ({}, 4)
    assert found.report.problems == ["Neuronpedia is away: http://127.0.0.1:9 cannot be reached."]


def test_an_unknown_set_is_stated_and_never_guessed(site: Site, tmp_path: Path) -> None:
    graph = make_graph("EFL", {}, model="gemma-2-2b", transcoder_set="my-set")
    one = annotator(tmp_path, site.url)
    found = annotate(one, graph)
    assert (found.report.unknown_sets, found.report.n_left, site.asked) == (["my-set"], 0, [])
    assert one.page("gemma-2-2b", "my-set", 0, 1) is None
    (tmp_path / "transcoder-sets.toml").write_text(
        '[[set]]\nmodel = "gemma-2-2b"\nnames = ["my-set"]\n'
        'neuronpedia_model = "gemma"\nneuronpedia_source = "{layer}-mine"\n'
    )
    assert one.page("gemma-2-2b", "my-set", 0, 1) == f"{site.url}/gemma/0-mine/1"
    site.add(entry("0-mine", 1, "gemma"))
    assert texts(annotate(one, graph)) == {(0, 1): "0-mine 1"}


def test_nothing_is_asked_where_it_is_off_or_not_wanted(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests.Session.request", lambda *_, **__: pytest.fail("a request was made"))
    for address, ask, said in ((site.url, False, "asked."), (OFF, True, "is off.")):
        report = annotate(annotator(tmp_path, address), ask=ask).report
        assert report.n_left == 4 and report.problems[0].endswith(said)


def test_neuronpedia_itself_is_asked_where_no_other_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def request(_: Any, __: str, url: str, **___: Any) -> Any:
        asked.append(url)
        raise requests.ConnectionError

    monkeypatch.setattr("requests.Session.request", request)
    monkeypatch.setattr(web, "BACKOFF", 0.0)
    monkeypatch.delenv("CIRCUIT_EXPLORER_NEURONPEDIA")
    report = annotate(Annotator.from_environment(tmp_path, Registry(()))).report
    assert report.n_left == 4 and report.problems
    assert asked and all(url.startswith("https://www.neuronpedia.org/") for url in asked)


def test_bulk_files_come_before_requests(site: Site, tmp_path: Path) -> None:
    files = tmp_path / "files"
    for source, known in zip(SOURCES[:2], ENTRIES[:2], strict=True):
        line = {"modelId": "gemma-2-2b", "layer": source, "index": known["index"]}
        write_bulk(files, source, "explanations", line | explanation("from a file"), line | {"index": "999"})
        bare = {name: value for name, value in known.items() if name not in ("explanations", "activations")}
        write_bulk(files, source, "features", bare)
        acts = [line | activation for activation in known["activations"]]
        write_bulk(files, source, "activations", acts[0])
        write_bulk(files, source, "activations", acts[1], number=1)
    one = annotator(tmp_path, site.url, files)
    found = annotate(one)
    assert texts(found) == ALL | {(0, 1): "from a file", (1, 2): "from a file"}
    assert [place[1] for _, asked in site.asked for place in asked] == SOURCES[2:]
    facts = one.facts("gemma-2-2b", SET, 0, 1)
    assert facts is not None and facts.origin == "bulk"
    assert [example.activations for example in facts.examples] == [[0, 9.0], [0, 2.0]]


def test_what_files_lack_is_left_and_said_where_nobody_else_is_asked(tmp_path: Path) -> None:
    write_bulk(tmp_path / "files", SOURCES[0], "features", ENTRIES[0])
    report = annotate(annotator(tmp_path, OFF, tmp_path / "files")).report
    assert (report.n_left, report.n_missing) == (3, 0)
    assert report.problems == ["Neuronpedia was not asked: CIRCUIT_EXPLORER_NEURONPEDIA is off."]


def test_an_explanation_of_two_sources_is_one(site: Site, tmp_path: Path) -> None:
    line = {"modelId": "gemma-2-2b", "layer": SOURCES[0], "index": "1", "description": f"{SOURCES[0]} 1"}
    files = tmp_path / "files"
    write_bulk(files, SOURCES[0], "explanations", line)
    said, made = annotate(annotator(tmp_path, site.url, files)).explanations[0, 1]
    assert (said.author, said.type) == ("gpt-4o-mini", "np_max-act"), "the file does not say who wrote it"
    assert (made.text, made.type) == ("~ Texas", "top-logits")


def test_files_at_a_url_are_fetched_once(site: Site, tmp_path: Path) -> None:
    site.files = tmp_path / "files"
    for source, one in zip(SOURCES, ENTRIES, strict=True):
        write_bulk(site.files, source, "features", one)
        write_bulk(site.files, source, "explanations", one | explanation("x"))
    found = annotate(annotator(tmp_path / "data", OFF, site.url))
    assert (found.report.n_explained, found.report.n_left) == (4, 0)
    (tmp_path / "data" / "neuronpedia.sqlite").unlink()
    n = len(
        [one for one in site.asked if one[1].endswith("batch-0.jsonl.gz") and "activations" not in one[1]]
    )
    assert annotate(annotator(tmp_path / "data", OFF, site.url)).report.n_left == 0
    again = [one for one in site.asked if one[1].endswith("batch-0.jsonl.gz") and "activations" not in one[1]]
    assert (n, len(again)) == (8, 8)


@pytest.mark.parametrize("torn", ["not gzip", "half", "not JSON"])
def test_a_torn_bulk_file_is_said_and_the_rest_asked_for(site: Site, tmp_path: Path, torn: str) -> None:
    file = write_bulk(tmp_path / "files", SOURCES[0], "features", *([ENTRIES[0]] * 50))
    whole = file.read_bytes()
    if torn == "not JSON":
        write_bulk(tmp_path / "files", SOURCES[0], "features", "{")
    else:
        file.write_bytes(b"hello" if torn == "not gzip" else whole[:40])
    found = annotate(annotator(tmp_path, site.url, tmp_path / "files"))
    assert texts(found) == ALL
    assert len(found.report.problems) == 1 and "batch-0.jsonl.gz" in found.report.problems[0]


def test_a_cache_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "neuronpedia.sqlite").write_bytes(b"no database" * 100)
    one = annotator(tmp_path, OFF)
    found = annotate(one)
    assert found.report.n_left == 4 and "data folder" in found.report.problems[0]
    assert one.facts("gemma-2-2b", SET, 0, 1) is None
