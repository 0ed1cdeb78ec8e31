"""Explanations into graphs: into those that are stored, and into those that a job is about to store."""

import json
from dataclasses import replace
from pathlib import Path
from threading import Event

from ingest.annotation.annotator import OFF, Annotator
from ingest.annotation.stored import annotate_stored, annotated, explain_stored
from ingest.models import ModelEntry, Registry, TranscoderEntry, load_registry
from queries.graph.features import Explanation, FeatureId
from queries.store.open import open_store
from tests.ingest.annotation.test_annotator import GRAPH, REFUSAL, SET
from tests.support.graphs import make_graph
from tests.support.neuronpedia.site import Site, always, answer, entry, served
from tests.support.patience import PATIENCE

ANSWERED = [entry(f"{layer}-{SET}", layer + 1) for layer in range(4)]


def test_a_jobs_graph_is_explained_where_neuronpedia_answers(tmp_path: Path) -> None:
    with served(Site()) as site:
        site.add(*ANSWERED)
        graph, note = annotated(GRAPH, Annotator(tmp_path, Registry(()), site.url), PATIENCE)
    assert note is None
    assert graph.labels[1:5] == [f"{layer}-{SET} {layer + 1}" for layer in range(4)]
    assert (graph.record.n_labelled_nodes, graph.record.id) == (4, GRAPH.record.id)


def test_without_answers_the_graph_is_as_it_was_and_the_note_says_so(tmp_path: Path) -> None:
    own: dict[FeatureId, list[Explanation]] = {(0, 1): [Explanation("own", "me", "person")]}
    graph, note = annotated(
        replace(GRAPH, explanations=own), Annotator(tmp_path, Registry(()), OFF), PATIENCE
    )
    assert graph.explanations == own
    assert note is not None and note.startswith("Not all is known of 4 features") and "off" in note
    unknown = make_graph("EFL", {}, transcoder_set="my-set")
    _, note = annotated(unknown, Annotator(tmp_path, Registry(()), OFF), PATIENCE)
    assert note == "Features are unexplained: Neuronpedia's source is not known of my-set."


def test_a_worker_that_stops_does_not_go_on_asking(tmp_path: Path) -> None:
    stopping = Event()
    stopping.set()
    with served(Site()) as site:
        site.faults["batch"] = always(answer(429, REFUSAL))
        _, note = annotated(GRAPH, Annotator(tmp_path, Registry(()), site.url), PATIENCE, stopping)
        assert site.asked == []
    assert note is not None


def test_a_sets_own_file_explains_it_and_needs_nobody(tmp_path: Path) -> None:
    file = tmp_path / "explanations.jsonl"
    file.write_text('{"layer": 0, "index": 1, "description": "of the file"}\n')
    transcoders = TranscoderEntry(name="mine", source="folder", explanations=file)
    registry = Registry((ModelEntry(name="model", source="folder", transcoders=(transcoders,)),))
    graph = make_graph("EFL", {}, model="model", transcoder_set="mine")
    explained, note = annotated(graph, Annotator(tmp_path, registry, OFF), PATIENCE)
    assert (explained.labels[1], note) == ("of the file", None)


def test_the_demos_features_are_explained_by_what_it_is_bundled_with(tmp_path: Path) -> None:
    registry = load_registry(tmp_path)
    graph = make_graph("EFL", {}, model="demo", transcoder_set="demo-transcoders")
    (line,) = registry.models[0].transcoders
    assert line.explanations is not None
    known = json.loads(line.explanations.read_text(encoding="utf-8").splitlines()[0])
    graph.nodes.layer[1], graph.nodes.index[1] = (
        int(str(known["layer"]).partition("-")[0]),
        int(known["index"]),
    )
    explained, note = annotated(graph, Annotator(tmp_path, registry, OFF), PATIENCE)
    assert (explained.labels[1], note) == (known["description"], None)


def test_what_is_stored_stays_and_nothing_is_stored_twice(tmp_path: Path) -> None:
    known = Explanation(f"0-{SET} 1", "gpt-4o-mini", "np_max-act", 0.5)
    stored = replace(GRAPH, explanations={(0, 1): [known]})
    with open_store(f"ladybug://{tmp_path / 'graphs.lbug'}") as store, served(Site()) as site:
        site.add(*ANSWERED)
        store.load(stored)
        annotator = Annotator(tmp_path, Registry(()), site.url)
        for _ in range(2):
            report = annotate_stored("graph", store, annotator, PATIENCE, ask=True)
            assert report.n_explained == 4
            graph = store.read("graph")
            assert [one for one in graph.explanations[0, 1] if one.type != "top-logits"] == [known]
            assert [len(said) for said in graph.explanations.values()] == [2] * 4
        person: dict[FeatureId, list[Explanation]] = {(0, 1): [Explanation(known.text, "Ada", "person")]}
        explain_stored(graph, person, store)
        assert len(store.read("graph").explanations[0, 1]) == 3, "a person's word is one of its own"
