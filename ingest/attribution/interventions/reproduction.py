"""Whether a loaded model is the one that a stored graph is of, found out before anything is measured with it."""

from typing import Any

import numpy as np
import torch

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.interventions.conditions import Baseline
from ingest.attribution.interventions.engine import baseline
from ingest.attribution.tokens import token_text
from queries.errors import GraphNotReproduced
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.space import choose_target

TOLERANCE, HALF_TOLERANCE = 0.01, 0.05
"""Largest deviation of an activation, as a share of the stored one: in float32, and in the 16-bit types."""
NOTHING_COMPARED = 1.0
"""The deviation that is told where no activation was compared."""


def reproduce(loaded: LoadedModel, graph: AttributionGraph) -> Baseline:
    """The model's pass of the graph's prompt, which is the pass that the graph was made from.

    Raises GraphNotReproduced, with the largest deviation, where it is another one: its tokens, the activations of its
    feature nodes, or its most probable token differ.
    """
    model = loaded.replacement_model
    ids = _token_ids(loaded, graph)
    base = baseline(model, ids)
    deviation, where = _largest_deviation(base, graph)
    exact = {loaded.entry.dtype, graph.record.dtype} <= {"float32", None}
    if not deviation <= (TOLERANCE if exact else HALF_TOLERANCE):
        raise GraphNotReproduced(
            graph.record.id,
            f"the activation of {where} deviates by {deviation:.3g} of its stored value, the most of all",
            deviation,
        )
    logit = choose_target(graph.nodes)
    top, stored = int(base.logits.argmax()), int(graph.nodes.index[logit])
    if graph.record.target_kind == "predictions" and top != stored:
        texts = [repr(token_text(loaded.tokenizer, token)) for token in (top, stored)]
        raise GraphNotReproduced(
            graph.record.id,
            f"its most probable token is {texts[0]}, the graph's {texts[1]}; the largest deviation of an activation "
            f"is {deviation:.3g}",
            deviation,
        )
    return base


def _token_ids(loaded: LoadedModel, graph: AttributionGraph) -> torch.Tensor:
    """(n_positions,) the graph's token ids; those of the prompt where its file had none, if their texts are its own."""
    record, model = graph.record, loaded.replacement_model
    made = model.ensure_tokenized(record.prompt)
    ids = made if record.token_ids is None else torch.tensor(record.token_ids, device=made.device)
    texts = [_text(loaded.tokenizer, token) for token in ids.tolist()]
    # A stored graph's own ids may be spelled otherwise by another version of its tokenizer.
    if texts != record.tokens and (record.token_ids is None or ids.tolist() != made.tolist()):
        raise GraphNotReproduced(record.id, f"it reads the prompt as {texts}", NOTHING_COMPARED)
    return ids


def _text(tokenizer: Any, token: int) -> str | None:
    return token_text(tokenizer, token) if 0 <= token < len(tokenizer) else None


def _largest_deviation(base: Baseline, graph: AttributionGraph) -> tuple[float, str]:
    """The largest deviation of a feature node's activation, as a share of the stored one, and the node's key."""
    nodes = graph.nodes
    chosen = [
        node
        for node in nodes.of_kind(NodeKind.FEATURE).tolist()
        if nodes.site[node] is None and np.isfinite(nodes.activation[node])
    ]
    if not chosen:
        raise GraphNotReproduced(graph.record.id, "it has no activations to compare", NOTHING_COMPARED)
    places = np.stack([column[chosen] for column in (nodes.layer, nodes.position, nodes.index)])
    outside = (places < 0).any(axis=0) | (places >= np.array(base.activations.shape)[:, None]).any(axis=0)
    stored = nodes.activation[chosen]
    now = np.zeros(len(chosen))
    inside = torch.tensor(places[:, ~outside], device=base.activations.device)
    now[~outside] = base.activations[tuple(inside)].double().cpu().numpy()
    deviation = np.abs(now - stored) / np.maximum(np.abs(stored), 1e-12)
    worst = int(deviation.argmax())
    return float(deviation[worst]), nodes.keys("", np.array(chosen[worst : worst + 1]))[0].removeprefix("/")
