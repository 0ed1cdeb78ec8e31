"""All parts of the internals of the demo's example prompts, as a job computes them."""

import numpy as np
import pytest
import torch

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.parts import Computed, compute
from ingest.attribution.internals.prediction.tokens import MOST_POINTS
from ingest.attribution.internals.prompt import causal_model, prompt_run
from ingest.attribution.internals.questions import answer
from ingest.jobs.examples import FOLDER
from ingest.worker.handover import read_graph, read_stored_internals, write_stored_internals
from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph
from queries.internals.findings import CellQuestion, LinkQuestion, ScorePairsFound
from queries.internals.records import PARTS, InternalsParameters
from queries.internals.sankey import NodeKind, sankey

pytestmark = pytest.mark.slow

NAMES = sorted(path.stem for path in FOLDER.glob("*.npz"))
DALLAS = NAMES[0]


def stored(name: str = DALLAS) -> AttributionGraph:
    return read_graph(FOLDER / f"{name}.npz")


def computed(loaded: LoadedModel, name: str = DALLAS, **parameters: object) -> Computed:
    with prompt_run(loaded, stored(name)) as run:
        return compute(run, InternalsParameters.model_validate(parameters), lambda *_: None)


@pytest.fixture(scope="module")
def dallas(loaded: LoadedModel) -> Computed:
    return computed(loaded)


@pytest.mark.parametrize("name", NAMES)
def test_every_part_passes_its_checks(loaded: LoadedModel, name: str) -> None:
    found = computed(loaded, name)
    record = found.internals.record
    assert record.missing == {}
    assert found.findings.seconds.keys() == set(PARTS)
    errors = dict(record.errors)
    assert errors.pop("completeness") < 0.01
    defect = errors.pop("completeness_defect")
    assert defect < 0.01 or found.findings.points == MOST_POINTS, "as many as may be taken"
    assert max(errors.values()) < 1e-5, errors
    n = len(found.findings.tokens)
    assert [len(each) for each in found.findings.predictions] == [5] * n
    assert found.arrays["flow_norm"].shape == (4, 2, n, n + 1)


def test_arrays_say_again_what_they_are_of(dallas: Computed) -> None:
    arrays = dallas.arrays
    components = np.concatenate(
        [
            arrays["component_heads"].reshape(16, -1),
            arrays["attention_bias"],
            arrays["mlp"],
            [arrays["embedding"], arrays["positional"], arrays["final"]],
        ]
    )
    np.testing.assert_allclose(components.sum(0), arrays["logit"], rtol=1e-5)
    for layer in range(4):
        cells = arrays[f"cells/{layer}"].astype(np.float32) * arrays["cells_scale"][layer]
        np.testing.assert_allclose(cells.sum(-1), arrays["component_heads"][layer], atol=5e-3)
        np.testing.assert_allclose(arrays[f"pattern/{layer}"].sum(-1, dtype=np.float64), 1.0, atol=2e-3)
    np.testing.assert_allclose(arrays["source_split"].sum(-1), arrays["head_attribution"], atol=1e-5)
    assert dallas.findings.baseline_value is not None and dallas.findings.value is not None
    difference = dallas.findings.value - dallas.findings.baseline_value
    assert arrays["token_attribution"].sum() == pytest.approx(difference, rel=0.01)


def test_heads_carry_what_links_weigh(dallas: Computed) -> None:
    """Parts and rest of each link are its weight; reads and writes of a head are the same sum."""
    arrays, graph = dallas.arrays, stored()
    whole = arrays["rest"].copy()
    np.add.at(whole, arrays["of_link"], arrays["part_weight"])
    np.testing.assert_allclose(whole, graph.edges.weight, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(arrays["links"], np.stack([graph.edges.source, graph.edges.target], 1))
    read, written = (np.zeros(16), np.zeros(16))
    np.add.at(read, dallas.internals.read.head, dallas.internals.read.weight)
    np.add.at(written, dallas.internals.written.head, dallas.internals.written.weight)
    np.testing.assert_allclose(read, written, atol=1e-9)


def test_the_flow_of_heads_is_conserved(dallas: Computed) -> None:
    drawn = sankey(dallas.arrays["source_split"])
    for place, node in enumerate(drawn.nodes):
        into = sum(link.value for link in drawn.links if link.target == place)
        out = sum(link.value for link in drawn.links if link.source == place)
        if node.kind in (NodeKind.HEAD, NodeKind.OTHER_HEADS):
            assert into == pytest.approx(out, rel=1e-6)


def test_a_foil_that_changes_places_changes_every_sign(loaded: LoadedModel) -> None:
    one, other = (
        computed(loaded, target=target, foil=foil, parts=["heads"], verify=False)
        for target, foil in ((" Austin", " Texas"), (" Texas", " Austin"))
    )
    np.testing.assert_allclose(one.arrays["head_attribution"], -other.arrays["head_attribution"], atol=1e-4)
    assert one.internals.record.id != other.internals.record.id


@pytest.mark.parametrize("towards", ["predictions", "target", "difference"])
def test_logits_are_of_what_is_asked(loaded: LoadedModel, towards: str) -> None:
    found = computed(loaded, towards=towards, parts=["logits"])
    attributed, logit = found.findings.attributed, float(found.arrays["logit"][-1])
    assert attributed is not None
    expected = {
        "predictions": " Austin",
        "target": " Austin",
        "difference": " Austin rather than  Texas",
    }[towards]
    assert attributed[-1] == expected
    assert (attributed[0] == expected) is (towards != "predictions")
    if towards == "difference":
        assert logit == pytest.approx(found.findings.value, rel=1e-5)


def test_a_direction_takes_the_place_of_a_logit(loaded: LoadedModel) -> None:
    direction = [0.0] * 127 + [1.0]
    found = computed(loaded, direction=direction, parts=["logits"])
    assert found.findings.attributed == ["the direction"] * len(found.findings.tokens)
    assert found.internals.record.missing == {}


def test_only_what_is_asked_for_is_computed(loaded: LoadedModel) -> None:
    found = computed(loaded, parts=["tokens"], has_foil=False, position=5)
    assert found.arrays.keys() == {"token_attribution"}
    assert found.internals.record.foil is None and found.findings.position == 5
    assert all(np.isnan(values).all() for values in found.internals.heads.statistics.values())
    assert len(found.internals.read) == len(found.internals.written) == len(found.internals.fed) == 0


def test_what_the_database_holds_comes_through_the_file(
    dallas: Computed, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("handed") / "internals.npz"
    write_stored_internals(path, dallas.internals)
    found = read_stored_internals(path)
    assert found.record == dallas.internals.record
    assert found.heads.seed == 0
    for name, values in dallas.internals.heads.statistics.items():
        np.testing.assert_array_equal(found.heads.statistics[name], values)
    for links in ("read", "written", "fed"):
        for one in ("weight", "source" if links == "fed" else "node"):
            np.testing.assert_array_equal(
                getattr(getattr(found, links), one), getattr(getattr(dallas.internals, links), one)
            )


def test_a_cell_tells_the_pattern_that_the_arrays_hold(loaded: LoadedModel, dallas: Computed) -> None:
    graph = stored()
    dallas_at, last = graph.record.tokens.index(" Dallas"), len(graph.record.tokens) - 1
    with prompt_run(loaded, graph) as run:
        found = answer(run, CellQuestion(layer=2, head=2, query=last, key=dallas_at))
    assert isinstance(found, ScorePairsFound)
    assert found.pattern == pytest.approx(float(dallas.arrays["pattern/2"][2, last, dallas_at]), abs=1e-3)
    assert found.softmax_input == pytest.approx(float(dallas.arrays["score/2"][2, last, dallas_at]), rel=2e-3)
    assert found.scaling == pytest.approx(1 / np.sqrt(32), rel=1e-4)
    assert found.scaling is not None
    assert found.product * found.scaling == pytest.approx(found.softmax_input, rel=1e-4)
    kinds = {each.kind for pair in found.pairs for each in (pair.query, pair.key)}
    assert {"node", "rest"} <= kinds
    assert sum(pair.score for pair in found.pairs) + found.rest == pytest.approx(found.product)


def test_questions_that_cannot_be_asked_are_refused(loaded: LoadedModel) -> None:
    graph = stored()
    keys = graph.nodes.keys(graph.record.id)
    logit = next(key for key in keys if "/logit/" in key)
    token = next(key for key in keys if "/embedding/" in key)
    with prompt_run(loaded, graph) as run:
        for question, why in (
            (CellQuestion(layer=4, head=0, query=1, key=1), "layer: there is no layer 4"),
            (CellQuestion(layer=0, head=0, query=99, key=1), "query: there is no position 99"),
            (CellQuestion(layer=0, head=0, query=1, key=2), "key: the query 1 sees no later position"),
            (LinkQuestion(source=logit, target=logit), "source: a node of the kind logit is no source"),
            (LinkQuestion(source=token, target=token), "target: a node of the kind embedding is no target"),
            (LinkQuestion(source="nowhere", target=logit), "source: the graph has no node 'nowhere'"),
        ):
            with pytest.raises(InvalidRequest, match=why):
                answer(run, question)


def test_a_model_without_the_other_backend_is_loaded_beside(loaded: LoadedModel) -> None:
    """circuit-tracer's transformerlens backend knows official names alone: its Hugging Face model is loaded anew."""

    class Beside:
        entry = loaded.entry.model_copy(update={"backend": "transformerlens"})
        replacement_model = loaded.replacement_model

    model = causal_model(Beside())  # type: ignore[arg-type]
    same = loaded.replacement_model._module
    assert model is not same and model.config._attn_implementation == "eager" and not model.training
    ids = torch.tensor([[1, 2, 3, 4]])
    with torch.no_grad():
        assert torch.equal(model(ids).logits, same(ids).logits)
