"""The committed artefacts load as a hub's models do, are small, and hold the labels in Neuronpedia's shape."""

from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from demo.artefacts import FOLDER, load_explanations, load_transcoders
from demo.facts import us_states
from demo.labels import MIN_SHARE, LabelKind
from demo.measures.paths import load_for_tracing
from demo.report import REPORT_BEGIN, REPORT_END
from demo.text.corpus import capital_question

pytestmark = pytest.mark.slow

MODEL, TRANSCODERS = FOLDER / "model", FOLDER / "transcoders"


@pytest.fixture(scope="module")
def explanations() -> list[dict[str, Any]]:
    return load_explanations(TRANSCODERS)


def test_the_folders_are_small_and_hold_no_pickle() -> None:
    files = [path for folder in (MODEL, TRANSCODERS) for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 25e6
    assert {path.suffix for path in files} <= {".json", ".jsonl", ".yaml", ".safetensors"}


@pytest.mark.parametrize(("city", "capital"), [("Dallas", " Austin"), ("Oakland", " Sacramento")])
def test_the_model_answers_the_questions_on_show(city: str, capital: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    with torch.no_grad():
        logits = model(**tokenizer(capital_question(city), return_tensors="pt")).logits[0, -1]
    assert tokenizer.decode([int(logits.argmax())]) == capital


def test_layers_are_of_one_size_and_half_precision() -> None:
    layers = load_transcoders(TRANSCODERS)
    assert len({len(layer["b_enc"]) for layer in layers}) == 1
    for layer in layers:
        assert set(layer) == {"W_enc", "b_enc", "W_dec", "b_dec", "activation_function.threshold"}
        assert all(bool(torch.isfinite(tensor).all()) for tensor in layer.values())


def test_circuit_tracer_loads_the_set_and_finds_a_states_feature(explanations: list[dict[str, Any]]) -> None:
    model = load_for_tracing().replacement_model
    _, activations = model.get_activations(capital_question("Dallas"))
    texas = {
        (int(line["layer"].partition("-")[0]), int(line["index"]))
        for line in explanations
        if line["description"] == "Texas"
    }
    active = {(layer, feature) for layer, _, feature in activations[:, 1:].nonzero().tolist()}
    assert active & texas


def test_explanations_are_in_neuronpedias_shape(explanations: list[dict[str, Any]]) -> None:
    n_features = len(load_transcoders(TRANSCODERS)[0]["b_enc"])
    for line in explanations:
        assert line["modelId"] == "demo"
        layer, _, transcoder_set = line["layer"].partition("-")
        assert (int(layer) in range(4), transcoder_set) == (True, "demo-transcoders")
        assert int(line["index"]) in range(n_features)
        assert line["description"].strip() == line["description"] != ""
        assert line["typeName"] in set(LabelKind)
        (score,) = line["scores"]
        assert MIN_SHARE <= score["value"] <= 1
        assert score["explanationScoreTypeName"] == "held-out mass share"


def test_a_feature_has_one_label_at_most(explanations: list[dict[str, Any]]) -> None:
    features = [(line["layer"], line["index"]) for line in explanations]
    assert len(features) == len(set(features))


def test_every_state_has_a_feature(explanations: list[dict[str, Any]]) -> None:
    entities = {line["description"] for line in explanations if line["typeName"] == LabelKind.ENTITY}
    assert {state.name for state in us_states()} <= entities


def test_the_readme_shows_the_report() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    report = readme.partition(REPORT_BEGIN)[2].partition(REPORT_END)[0]
    assert "| measure | bar | reached |" in report
