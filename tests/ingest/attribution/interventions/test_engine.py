"""Batched interventions equal circuit-tracer's own, one by one, and a pass written down in numpy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from circuit_tracer import attribute
from nnsight import save

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.interventions.conditions import Baseline, Conditions, Place
from ingest.attribution.interventions.engine import (
    CPU_CHUNK,
    Changes,
    Reading,
    baseline,
    continuation,
    places_of,
    run,
    unchanged,
)
from ingest.attribution.loading.load import load_model
from ingest.models import DEMO, load_registry
from queries.graph.arrays import Floats
from tests.ingest.attribution.interventions.plain_llama import PlainLlama
from tests.support.tiny_model import PROMPT

pytestmark = pytest.mark.slow

OWN_MODES: dict[Conditions, dict[str, Any]] = {
    Conditions.MODEL: {"freeze_attention": False},
    Conditions.ATTENTION: {"freeze_attention": True},
    Conditions.CONSTRAINED: {},
}
"""How circuit-tracer is asked for the conditions that it knows; constrained takes its layers too."""


@pytest.fixture(scope="module")
def model(loaded: LoadedModel) -> Any:
    return loaded.replacement_model


@pytest.fixture(scope="module")
def base(model: Any) -> Baseline:
    return base_of(model)


def base_of(model: Any) -> Baseline:
    return baseline(model, model.ensure_tokenized(PROMPT))


def every_logit(base: Baseline) -> Reading:
    return Reading([[(token, 1.0)] for token in range(len(base.logits))])


def some_changes(base: Baseline, n: int) -> list[Changes]:
    """`n` active features of all layers switched off, one doubled, an inactive one set, and several at once."""
    active = places_of(base.active()[0])
    active = [active[at] for at in np.linspace(0, len(active) - 1, n).astype(int)]
    (layer, position, _), last = active[0], active[-1]
    silent = int((base.activations[layer, position] == 0).nonzero()[0])
    return [
        *({place: 0.0} for place in active),
        {last: 2 * base.value(last)},
        {(layer, position, silent): 1.5},
        dict.fromkeys(active[::3], 0.0) | {active[1]: -2.0},
    ]


def own_answer(model: Any, base: Baseline, changes: Changes, conditions: Conditions) -> Floats:
    """(n_vocabulary,) circuit-tracer's logits over their mean."""
    kinds = dict(OWN_MODES[conditions])
    if conditions is Conditions.CONSTRAINED:
        kinds["constrained_layers"] = range(model.cfg.n_layers)
    inputs: Any = base.ids
    # nnsight's takes no ids where nothing is frozen, and adds no start token.
    if conditions is Conditions.MODEL and model.backend == "nnsight":
        starts_itself = model.tokenizer(PROMPT).input_ids == base.ids.tolist()
        inputs = PROMPT if starts_itself else f"<bos> {PROMPT}"
        assert model.tokenizer(inputs).input_ids == base.ids.tolist()
    with uncapped(model):
        logits, _ = model.feature_intervention(
            inputs, [(*place, value) for place, value in changes.items()], return_activations=False, **kinds
        )
    last = logits[0, -1].double()
    found: Floats = (last - last.mean()).cpu().numpy()
    return found


@contextmanager
def uncapped(model: Any) -> Iterator[None]:
    """Within it, the model gives out its logits as they are before a cap."""
    if model.backend != "nnsight":
        with model.zero_softcap():
            yield
        return
    config = model._model.config
    cap, config.final_logit_softcapping = getattr(config, "final_logit_softcapping", None), None
    try:
        yield
    finally:
        config.final_logit_softcapping = cap


@pytest.mark.parametrize("conditions", OWN_MODES)
@pytest.mark.parametrize("name", ["loaded", "cross_layer", "with_skip", "capped", "halved", "by_hooks"])
def test_interventions_equal_circuit_tracers_own(
    request: pytest.FixtureRequest, name: str, conditions: Conditions
) -> None:
    found = request.getfixturevalue(name)
    model = found.replacement_model if name == "loaded" else found
    base = base_of(model)
    changes = some_changes(base, 40 if name == "loaded" else 6)
    outcomes = run(model, base, changes, conditions, every_logit(base))
    for row, changed in enumerate(changes):
        expected = own_answer(model, base, changed, conditions)
        np.testing.assert_allclose(outcomes.centred[row], expected, atol=1e-4, rtol=0)


@pytest.mark.skipif(
    not (DEMO / "model" / "model.safetensors").is_file(), reason="the demo model is not there"
)
@pytest.mark.parametrize("conditions", OWN_MODES)
def test_the_demo_models_interventions_equal_circuit_tracers_own(conditions: Conditions) -> None:
    loaded = load_model(*load_registry(Path("no data")).find("demo", None))
    model, base = loaded.replacement_model, base_of(loaded.replacement_model)
    changes: list[Changes] = [{place: 0.0} for place in places_of(base.active()[0])[-42:]]
    outcomes = run(model, base, changes, conditions, every_logit(base))
    for row, changed in enumerate(changes):
        expected = own_answer(model, base, changed, conditions)
        np.testing.assert_allclose(outcomes.centred[row], expected, atol=1e-4, rtol=0)


HELD: dict[Conditions, dict[str, bool]] = {
    Conditions.MODEL: {},
    Conditions.ATTENTION: {"attention": True},
    Conditions.GRAPH: {"attention": True, "norms": True},
}


@pytest.mark.parametrize("conditions", HELD)
@pytest.mark.parametrize("backend", ["loaded", "by_hooks"])
def test_interventions_equal_a_plain_pass(
    request: pytest.FixtureRequest, tiny: Path, backend: str, conditions: Conditions
) -> None:
    """On both of circuit-tracer's backends."""
    found = request.getfixturevalue(backend)
    model = found.replacement_model if backend == "loaded" else found
    base = base_of(model)
    plain = PlainLlama(tiny / "model", tiny / "transcoders")
    ids = base.ids.tolist()
    before = plain.run(ids)
    np.testing.assert_allclose(base.logits.numpy(), before.logits, atol=1e-4)
    np.testing.assert_allclose(base.activations.numpy(), np.stack(before.activations), atol=1e-4)
    places: list[Place] = [(layer, position, 5) for layer in range(2) for position in (3, 8)]
    reading = Reading(every_logit(base).targets, places)
    changes = some_changes(base, 20)
    outcomes = run(model, base, changes, conditions, reading)
    for row, changed in enumerate(changes):
        after = plain.run(ids, changed, held=before, **HELD[conditions])
        held = plain.run(ids, changed, held=before, **(HELD[conditions] | {"final_norm": True}))
        chances = np.exp(after.logits) / np.exp(after.logits).sum()
        best = np.argsort(-chances)[:5]
        np.testing.assert_allclose(outcomes.centred[row], after.logits - after.logits.mean(), atol=1e-4)
        np.testing.assert_allclose(outcomes.held[row], held.logits - held.logits.mean(), atol=1e-4)
        np.testing.assert_allclose(outcomes.probability[row], chances, atol=1e-5)
        np.testing.assert_allclose(outcomes.top_probability[row], chances[best], atol=1e-5)
        assert outcomes.top[row].tolist() == best.tolist()
        read = [changed.get(place, after.activations[place[0]][place[1:]]) for place in places]
        np.testing.assert_allclose(outcomes.activation[row], read, atol=1e-4)


@pytest.mark.parametrize("backend", ["loaded", "by_hooks"])
def test_a_prompt_goes_on_as_in_a_plain_model(
    backend: str, tiny: Path, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(backend)
    model = getattr(found, "replacement_model", found)
    base = base_of(model)
    plain = PlainLlama(tiny / "model", tiny / "transcoders")
    said_of_all = set()
    for changes in ({}, *some_changes(base, 4)):
        said = continuation(model, base, changes, 3, None)
        for at, token in enumerate(said):
            logits = plain.run([*base.ids.tolist(), *said[:at]], changes).logits
            assert logits[token] == pytest.approx(logits.max(), abs=1e-4)
        said_of_all.add(tuple(said))
        assert continuation(model, base, changes, 3, said[1]) == (said[:1] if said[1] != said[0] else [])
    assert len(said_of_all) > 1, "some change changes what is said"


def test_what_is_constrained_are_the_traces_own_columns(model: Any, base: Baseline) -> None:
    """A feature switched off lowers a logit by the weight of the edge between them."""
    graph: Any = attribute(PROMPT, model, batch_size=256, max_n_logits=5)
    features = graph.active_features[graph.selected_features]
    targets = [[(int(one.vocab_idx), 1.0)] for one in graph.logit_targets]
    reading = Reading(targets)
    changes: list[Changes] = [{place: 0.0} for place in places_of(features.numpy())]
    fell = (
        unchanged(model, base, reading).centred
        - run(model, base, changes, Conditions.CONSTRAINED, reading).centred
    )
    edges = graph.adjacency_matrix[-len(targets) :, : len(features)].double().numpy().T
    left = ((fell - edges) ** 2).sum() / ((edges - edges.mean()) ** 2).sum()
    assert 1 - left >= 0.9999


def test_the_final_norm_is_held_where_its_reciprocal_root_is_saved(capped: Any) -> None:
    """The same as a pass in which only that location is held."""
    base = base_of(capped)
    changes = some_changes(base, 3)
    outcomes = run(capped, base, changes, Conditions.MODEL, every_logit(base))
    for row, changed in enumerate(changes):
        with torch.no_grad(), uncapped(capped):
            logits = held_pass(capped, base, changed)
        expected = (logits - logits.mean()).double().numpy()
        np.testing.assert_allclose(outcomes.held[row], expected, atol=2e-5)
    assert np.abs(outcomes.held - outcomes.centred).max() > 5e-4


def held_pass(model: Any, base: Baseline, changed: Changes) -> torch.Tensor:
    ((layer, position, feature), value), *_ = changed.items()
    transcoder = model.transcoders._module
    with model.trace() as tracer:
        with tracer.invoke(base.ids[None]):
            pass
        with tracer.invoke():
            model.model.norm.source.self__norm_0.source.torch_rsqrt_0.output = base.scales[-1][0]
        with tracer.invoke():
            come_in = model.get_feature_input_loc(layer).output
            out = model.get_feature_output_loc(layer).output
            before = transcoder.encode_layer(come_in[0], layer)[position, feature]
            out[0, position] += (value - before) * transcoder[layer].W_dec[feature]
        with tracer.invoke():
            logits = save(model.output.logits[0, -1])
    found: torch.Tensor = logits
    return found


def test_probabilities_are_the_capped_models(capped: Any) -> None:
    base = base_of(capped)
    chances = unchanged(capped, base, every_logit(base)).probability[0]
    with torch.no_grad(), capped.trace(base.ids[None]):
        logits = save(capped.output.logits[0, -1])
    np.testing.assert_allclose(chances, torch.softmax(logits, dim=0).numpy(), atol=1e-6)
    assert logits.abs().max() <= 1.5 < base.logits.abs().max()


@pytest.mark.parametrize("conditions", Conditions)
def test_a_chunk_more_or_less_changes_nothing(model: Any, base: Baseline, conditions: Conditions) -> None:
    places = places_of(base.active()[0])[: 2 * CPU_CHUNK + 3]
    assert len(places) == 2 * CPU_CHUNK + 3
    reading = Reading([[(3, 1.0)], [(4, 1.0), (5, -1.0)]], places[-2:])
    together = run(model, base, [{place: 0.0} for place in places], conditions, reading)
    for row in (0, CPU_CHUNK - 1, CPU_CHUNK, len(places) - 1):
        alone = run(model, base, [{places[row]: 0.0}], conditions, reading)
        np.testing.assert_allclose(together.centred[row], alone.centred[0], atol=1e-5)
        np.testing.assert_allclose(together.activation[row], alone.activation[0], atol=1e-5)
    assert together.activation[-1, -1] == 0.0


def test_a_weighted_sum_of_logits_has_no_probability(model: Any, base: Baseline) -> None:
    reading = Reading([[(3, 1.0)], [(4, 1.0), (5, -1.0)]])
    outcomes = unchanged(model, base, reading)
    logits = base.logits.double().numpy()
    np.testing.assert_allclose(
        outcomes.centred[0], [logits[3] - logits.mean(), logits[4] - logits[5]], atol=1e-6
    )
    assert np.isnan(outcomes.probability[0]).tolist() == [False, True]


def test_nothing_asked_is_nothing_answered(model: Any, base: Baseline) -> None:
    outcomes = run(model, base, [], Conditions.GRAPH, Reading([[(3, 1.0)]]))
    assert outcomes.centred.shape == (0, 1)
    assert len(outcomes) == 0


def test_no_change_changes_nothing(model: Any, base: Baseline) -> None:
    active = places_of(base.active()[0])
    same: Changes = {place: base.value(place) for place in active}
    reading = Reading(every_logit(base).targets, active)
    before = unchanged(model, base, reading)
    for conditions in Conditions:
        after = run(model, base, [{}, same], conditions, reading)
        for row in range(2):
            np.testing.assert_allclose(after.centred[row], before.centred[0], atol=1e-5)
            np.testing.assert_allclose(after.activation[row], before.activation[0], atol=1e-5)
