"""The local replacement model of a prompt that circuit-tracer has loaded the parts of."""

from collections.abc import Sequence
from typing import Any

import torch

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.passes.record import Recording
from ingest.attribution.interventions.engine import transcoders_of
from ingest.attribution.targets import circuit_tracer_targets
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import KnownTarget, TargetDirection


def token_ids(graph: AttributionGraph) -> list[int] | None:
    """A graph's token ids; those of its embedding nodes where its file had none, None where they are not of all
    positions."""
    if graph.record.token_ids is not None:
        return graph.record.token_ids
    nodes = graph.nodes
    embeddings = nodes.of_kind(NodeKind.EMBEDDING)
    found = dict(zip(nodes.position[embeddings].tolist(), nodes.index[embeddings].tolist(), strict=True))
    n = len(graph.record.tokens)
    return [found[position] for position in range(n)] if found.keys() == set(range(n)) else None


def local_replacement(
    loaded: LoadedModel,
    model: Any,
    ids: torch.Tensor,
    recording: Recording,
    targets: Sequence[KnownTarget] | None = None,
) -> LocalReplacement:
    """Of the recorded pass of the token ids (n,) by `model`, the Hugging Face model of what is loaded. `targets`: those
    that the graph was asked for; of those that a file only names the direction is not known."""
    of_circuit_tracer = loaded.replacement_model
    rows = model.get_input_embeddings().weight.detach()[ids].float()
    n_vocabulary = model.get_output_embeddings().weight.shape[0]
    directions: dict[int, torch.Tensor] = {}
    for number, target in enumerate(targets or ()):
        if isinstance(target, TargetDirection):  # circuit-tracer numbers them after the vocabulary
            found: Any = circuit_tracer_targets([target], of_circuit_tracer, loaded.tokenizer)
            directions[n_vocabulary + number] = found[0].vec
    return LocalReplacement(
        model=model,
        recording=recording,
        transcoders=transcoders_of(of_circuit_tracer),
        zero_positions=of_circuit_tracer.zero_positions,
        directions=directions,
        # This backend's embeddings are rows of the table, whatever a model's embedding multiplies them by.
        embedding_factor=float(rows.norm() / recording.embeddings.norm())
        if of_circuit_tracer.backend == "nnsight"
        else 1.0,
    )
