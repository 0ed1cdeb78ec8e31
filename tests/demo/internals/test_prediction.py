"""Token and head attribution of the example prompts, by the demo model."""

from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.passes.changed import run_changed
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import Recording, record
from ingest.attribution.internals.prediction.ablation import ablate_heads
from ingest.attribution.internals.prediction.baseline import BaselineKind, Special
from ingest.attribution.internals.prediction.direct import attribute_directly
from ingest.attribution.internals.prediction.edges import attribute_edges
from ingest.attribution.internals.prediction.gradients import gradients_of
from ingest.attribution.internals.prediction.heads import attribute_heads
from ingest.attribution.internals.prediction.objective import Objective, the_objective
from ingest.attribution.internals.prediction.tokens import attribute_tokens
from ingest.models import EXAMPLES
from queries.internals.sankey import NodeKind, sankey

pytestmark = pytest.mark.slow


class Prompt(NamedTuple):
    model: Any
    ids: torch.Tensor
    recording: Recording
    objective: Objective
    special: Special
    tokens: list[str]


@pytest.fixture(scope="module", params=EXAMPLES)
def prompt(request: pytest.FixtureRequest, loaded: LoadedModel) -> Prompt:
    model, tokenizer = loaded.replacement_model._module, loaded.tokenizer
    ids = loaded.replacement_model.ensure_tokenized(request.param)
    recording = record(model, embedded(model, ids))
    return Prompt(
        model,
        ids,
        recording,
        the_objective(model, recording),
        Special(bos=tokenizer.bos_token_id, pad=tokenizer.pad_token_id),
        [tokenizer.decode([token]) for token in ids.tolist()],
    )


def test_tokens_of_the_examples_add_up(prompt: Prompt) -> None:
    found = attribute_tokens(prompt.model, prompt.recording, prompt.ids, prompt.objective, prompt.special)
    assert found.baseline is BaselineKind.TOKEN and found.keeps_bos
    assert found.completeness_error < 0.01
    assert found.points <= 1024
    assert found.attribution is not None and found.attribution[0] == 0
    if " Lyon" in prompt.tokens:
        assert prompt.tokens[int(found.attribution.argmax())] == " Lyon"


def test_heads_of_the_examples_add_up(prompt: Prompt) -> None:
    gradients = gradients_of(prompt.model, prompt.recording.embeddings, prompt.objective)
    found = attribute_heads(gradients)
    assert found.source is not None and found.error < 1e-5
    edges = attribute_edges(gradients, found.score)
    assert edges.whole and edges.error < 1e-5
    drawn = sankey(found.source)
    ends = {node.kind: node.value for node in drawn.nodes if node.kind in (NodeKind.FOR, NodeKind.AGAINST)}
    assert ends[NodeKind.FOR] - ends[NodeKind.AGAINST] == pytest.approx(float(found.score.sum()), rel=1e-4)


def test_scores_go_with_ablation_on_the_whole(prompt: Prompt) -> None:
    """They are the slope of what ablation is the step of."""
    gradients = gradients_of(prompt.model, prompt.recording.embeddings, prompt.objective)
    score = attribute_heads(gradients).score
    found = ablate_heads(prompt.model, prompt.recording, prompt.objective)
    assert found.error < 1e-5
    assert np.corrcoef(score.ravel(), found.effect.ravel())[0, 1] > 0.3
    direct = attribute_directly(prompt.model, prompt.recording, prompt.objective)
    assert direct.direct is not None and direct.error < 1e-5


def test_ablating_all_heads_at_once_is_ablating_each(prompt: Prompt) -> None:
    """Bit by bit, in a batch of this size."""
    n_heads = prompt.recording.n_heads
    batch = 1 + len(prompt.recording.layers) * n_heads
    found = ablate_heads(prompt.model, prompt.recording, prompt.objective)
    for layer, head in ((0, 2), (3, 1)):

        def cut(number: int, z: torch.Tensor, layer: int = layer, head: int = head) -> torch.Tensor:
            if number == layer:
                z = z.clone()
                z[1:, head] = 0.0
            return z

        logits = run_changed(
            prompt.model,
            prompt.recording.embeddings.expand(batch, -1, -1),
            cut,
            [prompt.objective.position],
        )
        value = prompt.objective.of_logits(logits)
        assert found.effect[layer, head] == float(value[0] - value[1 + layer * n_heads + head])
