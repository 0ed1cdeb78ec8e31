"""What the demo model's heads do: attention, induction, and what they write to the logits of the examples."""

from typing import Any

import numpy as np
import pytest

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.attention import attention
from ingest.attribution.internals.induction import induction_scores
from ingest.attribution.internals.logits import logit_attribution, towards_tokens
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import record
from ingest.models import EXAMPLES
from queries.internals.heads import ranked_heads
from queries.internals.logits import sums_and_sizes
from queries.internals.statistics import head_statistics

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("prompt", EXAMPLES)
def test_components_add_up_to_the_examples_logits(loaded: LoadedModel, model: Any, prompt: str) -> None:
    recording = record(model, embedded(model, loaded.replacement_model.ensure_tokenized(prompt)))
    found = logit_attribution(model, recording, towards_tokens(model, recording))
    assert found.attribution is not None and found.error < 1e-6
    sums, _ = sums_and_sizes(found.attribution)
    assert np.allclose(sums, found.attribution.logit, rtol=1e-6)
    assert found.attribution.logit[-1] == pytest.approx(float(recording.logits.max()), rel=1e-6)
    assert not found.attribution.final.any()  # the model has no biases there
    heads = attention(recording)
    assert heads.score_error < 1e-6 and heads.projection_error < 1e-6


def test_two_heads_move_dallas_to_austin(loaded: LoadedModel, model: Any) -> None:
    """The same two that carry most of the graph's edge from Dallas to Austin look at it from the last token, and write
    most of what heads write to the logit."""
    ids = loaded.replacement_model.ensure_tokenized(EXAMPLES[0])
    tokens = [loaded.tokenizer.decode([token]) for token in ids.tolist()]
    recording = record(model, embedded(model, ids))
    towards = towards_tokens(model, recording)
    found = logit_attribution(model, recording, towards).attribution
    assert found is not None and found.tokens is not None
    assert loaded.tokenizer.decode([int(found.tokens[-1])]) == " Austin"
    strongest = [each.head for each in ranked_heads(found.heads[..., -1], 2)]
    assert sorted(strongest) == [(2, 0), (2, 2)]
    for layer, head in strongest:
        assert found.cells[layer, head, -1].argmax() == tokens.index(" Dallas")
        assert recording.layers[layer].pattern[0, head, -1, tokens.index(" Dallas")] > 0.9


def test_the_model_has_two_weak_induction_heads(loaded: LoadedModel, model: Any) -> None:
    for seed in (0, 1):
        found = induction_scores(model, loaded.tokenizer, loaded.context_length, seed=seed)
        assert (found.block, found.n_first) == (50, 1)
        ranked = ranked_heads(found.induction)
        assert sorted(each.head for each in ranked[:2]) == [(2, 2), (3, 2)]
        assert 0.09 < ranked[1].value < ranked[0].value < 0.16
        assert ranked[2].value < 0.04
        assert found.induction_error.max() < 0.02


def test_statistics_of_the_examples(loaded: LoadedModel, model: Any) -> None:
    ids = loaded.replacement_model.ensure_tokenized(EXAMPLES[0])
    layers = attention(record(model, embedded(model, ids))).layers
    whole, rest = (
        head_statistics([layer.pattern for layer in layers], without_first=without)
        for without in (False, True)
    )
    assert ranked_heads(whole.previous_token)[0].head == (2, 1)
    assert np.array_equal(whole.first_token, rest.first_token)
    for found in (whole, rest):
        for values in (found.normalised_entropy, found.max_attention, found.previous_token):
            assert (values >= 0).all() and (values <= 1 + 1e-6).all()
