"""What a transcoder set's own feature files say, in both of their forms, in folders and at URLs, whatever fails."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ingest.annotation import feature_files, viewer
from ingest.annotation.annotator import OFF, Annotation, Annotator
from ingest.annotation.cache import MISSING_DAYS
from ingest.annotation.feature_files import MAX_ABSENT
from ingest.annotation.file import features_of
from ingest.annotation.stored import annotated
from ingest.models import ModelEntry, Registry, TranscoderEntry
from ingest.names import viewer_address
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import feature_number
from tests.ingest.annotation.test_annotator import ENTRIES, SET, grow_older
from tests.ingest.annotation.test_annotator import GRAPH as KNOWN_GRAPH
from tests.support.graphs import make_graph
from tests.support.neuronpedia.set_files import example, packed, set_entry, write_layers
from tests.support.neuronpedia.site import Site, always, answer, first, served
from tests.support.patience import PATIENCE

GRAPH = make_graph("EFFFFL", {}, model="model", transcoder_set="mine")
FEATURES = [(0, 1), (1, 2), (2, 3), (3, 4)]
"""Of GRAPH."""
LAYERS = [{index: packed(set_entry(layer, index), is_zlib=layer % 2 == 1)} for layer, index in FEATURES]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with served(Site(files=tmp_path)) as known:
        yield known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the features of GRAPH, an index and a file a layer."""
    write_layers(tmp_path / "sets" / "mine", LAYERS)
    return tmp_path / "sets" / "mine"


@pytest.fixture
def single(tmp_path: Path) -> Path:
    """With the features of GRAPH, a file each."""
    found = tmp_path / "sets" / "single"
    found.mkdir(parents=True)
    for layer, index in FEATURES:
        file = found / f"{feature_number(layer, index)}.json"
        file.write_text(json.dumps(set_entry(layer, index)))
    return found


def annotator(data: Path, features: Any, address: str = OFF, **options: Any) -> Annotator:
    """Of an installation whose models.toml has GRAPH's set."""
    transcoders = TranscoderEntry(name="mine", source="folder", features=str(features))
    registry = Registry((ModelEntry(name="model", source="folder", transcoders=(transcoders,)),))
    return Annotator(data, registry, address, **options)


def url(site: Site, folder: Path) -> str:
    """Where the stand-in has the folder."""
    return f"{site.url}/sets/{folder.name}"


def annotate(one: Annotator, graph: AttributionGraph = GRAPH, **options: Any) -> Annotation:
    return one.annotate(graph.record, features_of(graph), PATIENCE, **options)


def named(one: Annotator) -> list[str | None]:
    """By GRAPH's features: which feature is known, by a logit that is no other's."""
    facts = [one.facts("model", "mine", *feature) for feature in FEATURES]
    return [None if known is None else known.top_logits[1].token for known in facts]


ALL = [f" of {layer} {index}" for layer, index in FEATURES]


@pytest.mark.parametrize("form", ["folder", "single"])
@pytest.mark.parametrize("is_remote", [False, True])
def test_all_that_they_say_is_kept_and_read_once(
    form: str, is_remote: bool, site: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    files: Path = request.getfixturevalue(form)
    one = annotator(tmp_path, url(site, files) if is_remote else files)
    report = annotate(one).report
    assert (report.n_left, report.n_explained, report.problems) == (0, 0, [])
    assert report.unknown_sets == ["mine"], "that is of Neuronpedia"
    assert named(one) == ALL
    facts = one.facts("model", "mine", 1, 2)
    assert facts is not None and facts.origin == "set files"
    assert [(logit.token, logit.value) for logit in facts.top_logits] == [
        (" Austin", None),
        (" of 1 2", None),
    ]
    assert [logit.token for logit in facts.bottom_logits] == [" Ohio"]
    assert (facts.density, facts.max_activation, facts.logit_histogram) == (0.002, 5.0, None)
    assert facts.activation_histogram is not None
    assert (facts.activation_histogram.values, facts.activation_histogram.heights) == ([2.0, 4.0], [30, 4])
    assert [(said.tokens, said.activations) for said in facts.examples] == [
        (["in", " Texas"], [0.0, 5.0]),
        (["in", " Ohio"], [0.0, 2.0]),
    ]
    n_asked = len(site.asked)
    for file in files.iterdir():
        file.unlink()
    assert (annotate(one).report.n_left, named(one), len(site.asked)) == (0, ALL, n_asked)


def test_a_part_is_asked_for_as_the_index_says(site: Site, folder: Path, tmp_path: Path) -> None:
    annotate(annotator(tmp_path, url(site, folder) + "/"))
    sizes = [len(part) for parts in LAYERS for part in parts.values()]
    assert [asked for _, asked in site.asked] == ["/sets/mine/index.json.gz"] + [
        f"/sets/mine/layer_{layer}.bin bytes=0-{size - 1}" for layer, size in enumerate(sizes)
    ]


def test_the_index_of_an_address_is_fetched_again_where_it_changed(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    """Parts of the same size stand where others were: nothing but the index says so."""
    one = annotator(tmp_path, url(site, folder))
    annotate(one, make_graph("EFL", {}, model="model", transcoder_set="mine"))
    annotate(one, make_graph("EFFL", {}, model="model", transcoder_set="mine"))
    write_layers(folder, [{0: packed(set_entry(layer, 0)), **parts} for layer, parts in enumerate(LAYERS)])
    annotate(one)
    assert named(one) == ALL
    index = "/sets/mine/index.json.gz"
    assert [asked for _, asked in site.asked if index in asked] == [index, *[f"{index} if changed"] * 2]


def test_an_index_that_nothing_says_the_state_of_is_not_kept(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    index = (folder / "index.json.gz").read_bytes()
    site.faults["set file"] = fault_of("index", always(answer(200, index)))
    one = annotator(tmp_path, url(site, folder))
    annotate(one, make_graph("EFL", {}, model="model", transcoder_set="mine"))
    annotate(one)
    assert named(one) == ALL
    assert [asked for _, asked in site.asked if "index" in asked] == ["/sets/mine/index.json.gz"] * 2


@pytest.mark.parametrize("is_remote", [False, True])
def test_what_they_lack_is_missing_for_a_while(
    site: Site, folder: Path, tmp_path: Path, is_remote: bool
) -> None:
    """A feature without a part, one beyond its layer, one of a layer beyond the last."""
    write_layers(folder, [LAYERS[0], {}, LAYERS[2]], n_features=4)
    graph = make_graph("EFFFFL", {}, model="model", transcoder_set="mine")
    graph.nodes.index[3] = 4
    one = annotator(tmp_path, url(site, folder) if is_remote else folder)
    report = annotate(one, graph).report
    assert (report.n_left, report.n_missing, report.problems) == (0, 0, [])
    assert one.facts("model", "mine", 0, 1) is not None and one.facts("model", "mine", 1, 2) is None
    write_layers(folder, LAYERS)
    annotate(one)
    assert named(one) == [ALL[0], None, ALL[2], None]
    grow_older(tmp_path, MISSING_DAYS + 1)
    annotate(one)
    assert named(one) == ALL


def test_a_feature_without_a_file_is_missing(site: Site, single: Path, tmp_path: Path) -> None:
    (single / f"{feature_number(1, 2)}.json").unlink()
    one = annotator(tmp_path, url(site, single))
    for _ in range(2):
        report = annotate(one).report
        assert (report.n_left, report.problems) == (0, [])
    assert named(one) == [ALL[0], None, ALL[2], ALL[3]]
    assert len(site.asked) == 5


@pytest.mark.parametrize("is_remote", [False, True])
def test_where_nothing_is_few_are_asked_for(site: Site, tmp_path: Path, is_remote: bool) -> None:
    graph = make_graph("E" + "F" * (MAX_ABSENT + 5) + "L", {}, model="model", transcoder_set="mine")
    (tmp_path / "sets" / "empty").mkdir(parents=True)
    one = annotator(tmp_path, f"{site.url}/sets/empty" if is_remote else tmp_path / "sets" / "empty")
    report = annotate(one, graph).report
    assert report.n_left == MAX_ABSENT + 5
    assert len(report.problems) == 1 and "neither index.json.gz nor 2.json" in report.problems[0]
    assert len(site.asked) == (MAX_ABSENT + 1 if is_remote else 0)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    report = annotate(annotator(tmp_path, tmp_path / "nowhere")).report
    assert report.n_left == 4
    assert report.problems == [
        f"The feature files at {tmp_path / 'nowhere'} cannot be used: there is no such folder."
    ]


def test_nobody_at_the_address_is_said(tmp_path: Path) -> None:
    report = annotate(annotator(tmp_path, "http://127.0.0.1:9/features")).report
    assert report.n_left == 4
    assert report.problems == [
        "The feature files at http://127.0.0.1:9/features cannot be used: "
        "http://127.0.0.1:9/features cannot be reached."
    ]


def fault_of(what: str, fault: Any) -> Any:
    """The fault where the path has that in it."""
    return lambda method, asked: fault(method, asked) if what in asked else None


@pytest.mark.parametrize("what", ["index", "layer"])
@pytest.mark.parametrize(
    "fault", [answer(500), answer(206, b"half", **{"Content-Length": "900"}), answer(206, b"<html>")]
)
def test_what_fails_for_good_is_said_and_left(
    site: Site, folder: Path, tmp_path: Path, what: str, fault: Any
) -> None:
    site.faults["set file"] = fault_of(what, always(fault))
    one = annotator(tmp_path, url(site, folder))
    report = annotate(one).report
    assert report.n_left == 4 and report.problems and named(one) == [None] * 4
    asked = {path.partition(" ")[0] for _, path in site.asked}
    assert len(asked) == (1 if what == "index" else 4), "after three features that fail, none is asked for"
    site.faults = {}
    assert (annotate(one).report.n_left, named(one)) == (0, ALL)


def test_one_feature_that_fails_does_not_stop_the_others(site: Site, folder: Path, tmp_path: Path) -> None:
    site.faults["set file"] = fault_of("layer_1", always(answer(500)))
    one = annotator(tmp_path, url(site, folder))
    report = annotate(one).report
    assert (report.n_left, named(one)) == (1, [ALL[0], None, ALL[2], ALL[3]])
    assert report.problems == [f"{url(site, folder)}: /layer_1.bin answered 500."]


def test_a_passing_fault_is_tried_again(site: Site, folder: Path, tmp_path: Path) -> None:
    site.faults["set file"] = fault_of("layer_1", first(2, answer(502)))
    one = annotator(tmp_path, url(site, folder))
    report = annotate(one).report
    assert (report.n_left, report.problems, named(one)) == (0, [], ALL)


def test_a_host_that_takes_no_more_requests_gets_none(site: Site, folder: Path, tmp_path: Path) -> None:
    site.faults["set file"] = fault_of("layer_1", always(answer(429)))
    one = annotator(tmp_path, url(site, folder))
    report = annotate(one).report
    assert (report.n_left, named(one)) == (3, [ALL[0], None, None, None])
    assert len(report.problems) == 1 and "takes no more requests" in report.problems[0]
    assert len(site.asked) == 3


def test_a_host_that_gives_no_parts_is_not_made_to_send_whole_files(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    site.faults["set file"] = fault_of("layer", always(answer(200, b"x" * 1000)))
    report = annotate(annotator(tmp_path, url(site, folder))).report
    assert report.n_left == 4 and len(site.asked) == 2
    assert "comes whole, where a part of it was asked for" in report.problems[0]


BROKEN = [
    (b"\x05\x00", "2 bytes of 9"),
    (packed(set_entry(1, 2))[:-9], "bytes of"),
    (b"\x04\x00\x00\x00abcd", "incorrect header"),
    ((20).to_bytes(4, "little") + gzip.compress(b"{}" * 99, mtime=0)[:20], "cut short"),
    (packed([1]), "it is no feature"),
    (packed(set_entry(1, 2, activation_frequency=float("nan"))), "density: Input should be a finite number"),
    (packed(set_entry(1, 2, top_logits=[["Austin", 0.5]])), "token: Input should be a valid string"),
    (packed(set_entry(1, 2, examples_quantiles=[{"quantile_name": "Top"}])), "'examples' is missing"),
    (
        packed(set_entry(1, 2, examples_quantiles=[{"examples": [example(["one"], [1.0, 2.0])]}])),
        "another number of tokens",
    ),
    (packed(set_entry(1, 2, act_max="much")), "unsupported operand"),
]


@pytest.mark.parametrize(("part", "why"), BROKEN)
def test_a_part_that_cannot_be_read_is_said_and_the_rest_read(
    folder: Path, tmp_path: Path, part: bytes, why: str
) -> None:
    write_layers(folder, [LAYERS[0], {2: part}, *LAYERS[2:]])
    one = annotator(tmp_path, folder)
    report = annotate(one).report
    assert (report.n_left, named(one)) == (1, [ALL[0], None, ALL[2], ALL[3]])
    (problem,) = report.problems
    assert problem.startswith(f"{folder}: layer_1.bin, feature 2 of layer 1: ") and why in problem


@pytest.mark.parametrize("content", [b"[", b'"text"', b"[0.5]", b'{"top_logits": 3}'])
def test_a_file_of_a_feature_that_cannot_be_read_is_said(
    single: Path, tmp_path: Path, content: bytes
) -> None:
    name = f"{feature_number(1, 2)}.json"
    (single / name).write_bytes(content)
    one = annotator(tmp_path, single)
    report = annotate(one).report
    assert (report.n_left, named(one)) == (1, [ALL[0], None, ALL[2], ALL[3]])
    assert len(report.problems) == 1 and name in report.problems[0]


@pytest.mark.parametrize(
    ("index", "why"),
    [
        ("{", "line 1"),
        ("3", "it has no layers"),
        ('[{"offsets": [0, 1]}]', "'filename' is missing"),
        ('[{"filename": "../secret", "offsets": [0, 0, 9]}]', "'../secret' is no name of a file"),
        ('[{"filename": "/etc/passwd", "offsets": [0, 0, 9]}]', "'/etc/passwd' is no name of a file"),
        ('[{"filename": "layer_0.bin", "offsets": [0, 9, 4]}]', "a part from 9 to 4"),
        ('[{"filename": "layer_0.bin", "offsets": [0, -9, 4]}]', "a part from -9 to 4"),
        ('[{"filename": "layer_0.bin", "offsets": [0, 0, 9999999999]}]', "a part from 0 to 9999999999"),
        (
            '[{"filename": "gone.bin", "offsets": [0, 0, 9]}]',
            "gone.bin, which index.json.gz names, is not there",
        ),
    ],
)
def test_an_index_that_cannot_be_right_is_said(folder: Path, tmp_path: Path, index: str, why: str) -> None:
    (folder / "index.json.gz").write_bytes(gzip.compress(index.encode(), mtime=0))
    report = annotate(
        annotator(tmp_path, folder), make_graph("EFL", {}, model="model", transcoder_set="mine")
    ).report
    assert report.n_left == 1 and why in report.problems[0]


def test_an_index_may_name_its_layers(folder: Path, tmp_path: Path) -> None:
    layers = json.loads(gzip.decompress((folder / "index.json.gz").read_bytes()))
    by_name = {str(layer): found for layer, found in enumerate(layers)}
    (folder / "index.json.gz").write_bytes(gzip.compress(json.dumps(by_name).encode()))
    one = annotator(tmp_path, folder)
    annotate(one)
    assert named(one) == ALL


def test_nothing_is_read_without_bound(
    site: Site, single: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = packed(set_entry(1, 2, top_logits=["x" * 100_000]))
    write_layers(folder, [LAYERS[0], {2: large}, *LAYERS[2:]])
    monkeypatch.setattr(viewer, "MOST_UNPACKED_FEATURE", 50_000)
    assert "it is too large" in annotate(annotator(tmp_path, folder)).report.problems[0]
    (single / f"{feature_number(1, 2)}.json").write_text(
        json.dumps(set_entry(1, 2, top_logits=["x" * 100_000]))
    )
    monkeypatch.setattr(feature_files, "MOST_FEATURE", 50_000)
    for base in (single, url(site, single)):
        one = annotator(tmp_path, base)
        report = annotate(one).report
        assert report.n_left == 1 and "more than 50,000 bytes" in report.problems[0]


def test_offline_a_folder_is_read_and_an_address_is_not_asked(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    remote = annotate(annotator(tmp_path, url(site, folder)), ask=False).report
    assert (remote.n_left, site.asked) == (0, [])
    one = annotator(tmp_path, folder)
    annotate(one, ask=False)
    assert named(one) == ALL


def test_a_job_does_not_wait_for_files_that_take_a_request_a_feature(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    _, note = annotated(GRAPH, annotator(tmp_path, url(site, folder)), PATIENCE)
    assert (site.asked, note) == ([], "Features are unexplained: Neuronpedia's source is not known of mine.")
    one = annotator(tmp_path, folder)
    annotated(GRAPH, one, PATIENCE)
    assert named(one) == ALL


def test_time_that_is_over_ends_the_work_and_another_call_goes_on(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    one = annotator(tmp_path, url(site, folder))
    report = one.annotate(GRAPH.record, features_of(GRAPH), 0.0).report
    assert (report.n_left, report.problems, site.asked) == (4, [], [])
    assert annotate(one).report.n_left == 0


def test_work_that_was_cut_short_goes_on_where_it_was(site: Site, folder: Path, tmp_path: Path) -> None:
    stopping = Event()

    def stop(_: str, asked: Any) -> None:
        if "layer_2" in asked:
            stopping.set()

    site.faults["set file"] = stop
    one = annotator(tmp_path, url(site, folder))
    assert annotate(one, stopping=stopping).report.n_left == 2
    assert named(one) == [ALL[0], ALL[1], None, None]
    site.faults = {}
    site.asked.clear()
    assert (annotate(one).report.n_left, named(one)) == (0, ALL)
    assert [asked.split(".bin")[0][-1] for _, asked in site.asked[1:]] == ["2", "3"]


def test_neuronpedia_is_asked_first_and_files_for_what_it_lacks(
    site: Site, folder: Path, tmp_path: Path
) -> None:
    """Also of a set that `transcoder-sets.toml` names, whose folder stands beside it."""
    site.add(*ENTRIES[:3])
    (tmp_path / "transcoder-sets.toml").write_text(
        f'[[set]]\nmodel = "gemma-2-2b"\nnames = ["{SET}"]\nneuronpedia_source = "{{layer}}-{SET}"\n'
        f'features = "sets/{folder.name}"\n'
    )
    one = Annotator(tmp_path, Registry(()), site.url)
    report = annotate(one, KNOWN_GRAPH).report
    assert (report.n_explained, report.n_missing, report.n_left) == (3, 1, 0)
    facts = [one.facts("gemma-2-2b", SET, *feature) for feature in FEATURES]
    assert [known and known.origin for known in facts] == ["batch", "batch", "batch", "set files"]


def test_where_neuronpedia_is_away_named_files_are_read(site: Site, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "transcoder-sets.toml").write_text(
        f'[[set]]\nmodel = "gemma-2-2b"\nnames = ["{SET}"]\nneuronpedia_source = "{{layer}}-{SET}"\n'
        f'features = "{url(site, folder)}"\n'
    )
    one = Annotator(tmp_path, Registry(()), "http://127.0.0.1:9")
    assert annotate(one, KNOWN_GRAPH).report.n_left == 4, "their words"
    facts = one.facts("gemma-2-2b", SET, 3, 4)
    assert facts is not None and facts.origin == "set files"
    site.add(*ENTRIES)
    again = Annotator(tmp_path, Registry(()), site.url)
    assert annotate(again, KNOWN_GRAPH).report.n_left == 0
    facts = again.facts("gemma-2-2b", SET, 3, 4)
    assert facts is not None and facts.origin == "batch", "it says how much a logit changes"


@pytest.mark.parametrize(
    ("scan", "address"),
    [
        ("owner/name", "https://huggingface.co/owner/name/resolve/main/features"),
        ("owner/name@v2", "https://huggingface.co/owner/name/resolve/v2/features"),
        ("owner/name//a/b@v2", "https://huggingface.co/owner/name/resolve/v2/a/b/features"),
        ("gemma", "https://huggingface.co/mwhanna/gemma-scope-transcoders/resolve/main/features"),
        ("llama", "https://huggingface.co/mntss/transcoder-Llama-3.2-1B/resolve/main/features"),
        ("custom-17", None),
        ("owner/name/more", None),
    ],
)
def test_the_viewers_address_of_a_set(scan: str, address: str | None) -> None:
    assert viewer_address(scan) == address


def of_hub(data: Path, hub: str, address: str) -> Annotator:
    """Of an installation that traces with a set of the hub."""
    transcoders = TranscoderEntry(name="mine", source="owner/name@v2")
    registry = Registry((ModelEntry(name="model", source="owner/model", transcoders=(transcoders,)),))
    return Annotator(data, registry, address, hub=hub)


def test_a_set_of_the_hub_is_asked_for_where_the_viewer_looks(site: Site, tmp_path: Path) -> None:
    write_layers(tmp_path / "owner" / "name" / "resolve" / "v2" / "features", LAYERS)
    for hub, address, ask in ((OFF, site.url, True), (site.url, site.url, False)):
        annotate(of_hub(tmp_path, hub, address), ask=ask)
        assert site.asked == []
    one = of_hub(tmp_path, site.url, site.url)
    report = annotate(one).report
    assert (report.n_left, report.problems, named(one)) == (0, [], ALL)


def test_a_set_that_has_no_files_there_is_nothing_to_speak_of(site: Site, tmp_path: Path) -> None:
    one = of_hub(tmp_path, site.url, OFF)
    for _ in range(2):
        report = annotate(one).report
        assert (report.n_left, report.problems) == (0, [])
    assert [asked for _, asked in site.asked] == ["/owner/name/resolve/v2/features/index.json.gz"]


def test_the_hub_is_asked_only_for_what_neuronpedia_was_found_to_lack(site: Site, tmp_path: Path) -> None:
    (tmp_path / "transcoder-sets.toml").write_text(
        f'[[set]]\nmodel = "gemma-2-2b"\nnames = ["{SET}"]\nneuronpedia_source = "{{layer}}-{SET}"\n'
        'scan = "owner/name"\n'
    )
    write_layers(tmp_path / "owner" / "name" / "resolve" / "main" / "features", LAYERS)
    site.add(*ENTRIES[:3])
    site.faults = {"batch": always(answer(500)), "feature": always(answer(500)), "page": always(answer(500))}
    one = Annotator(tmp_path, Registry(()), site.url, hub=site.url)
    assert annotate(one, KNOWN_GRAPH).report.n_left == 4
    assert "set file" not in site.ways()
    site.faults = {}
    assert annotate(one, KNOWN_GRAPH).report.n_left == 0
    assert [asked.split("/")[-1].split(" ")[0] for way, asked in site.asked if way == "set file"] == [
        "index.json.gz",
        "layer_3.bin",
    ]
    facts = one.facts("gemma-2-2b", SET, 3, 4)
    assert facts is not None and facts.origin == "set files"


@pytest.mark.parametrize(
    ("environment", "n_hub"),
    [
        ({}, 1),
        ({"CIRCUIT_EXPLORER_NEURONPEDIA": "off"}, 0),
        ({"HF_HUB_OFFLINE": "1"}, 0),
        ({"HF_HUB_OFFLINE": "0"}, 1),
    ],
)
def test_the_hub_is_asked_unless_something_says_that_nobody_is(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], n_hub: int
) -> None:
    for name, value in {
        "CIRCUIT_EXPLORER_NEURONPEDIA": site.url,
        "HF_ENDPOINT": site.url,
        "HF_HUB_OFFLINE": "",
        **environment,
    }.items():
        monkeypatch.setenv(name, value)
    transcoders = TranscoderEntry(name="mine", source="owner/name")
    registry = Registry((ModelEntry(name="model", source="owner/model", transcoders=(transcoders,)),))
    annotate(Annotator.from_environment(tmp_path, registry))
    assert site.ways().count("set file") == n_hub


@pytest.mark.slow
def test_circuit_tracers_own_model_accepts_what_the_tests_write() -> None:
    from circuit_tracer.frontend.feature_models import Model

    assert Model.model_validate(set_entry(1, 2)).top_logits == [" Austin", " of 1 2"]
