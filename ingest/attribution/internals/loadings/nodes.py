"""A stored graph's nodes as a local replacement model has them: what they write, and what they read."""

from dataclasses import dataclass

import numpy as np
import torch

from ingest.attribution.internals.loadings.replacement import LocalReplacement, NoLoadings
from ingest.attribution.internals.passes.replay import Replayed
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import NodeKind, Nodes

INPUT = -1
"""The layer of what embeddings write."""


@dataclass(frozen=True, eq=False)
class Sources:
    """What S nodes write, in E writes: one each, and for features of cross-layer transcoders one in each layer.

    shapes: ordinal and position (S,), by position; source, layer (E,) and vector (E, d_model): writes by source, the
    row of it. A write of layer l is what the layer's MLP writes; one of `INPUT` is in layer 0's input.
    """

    ordinal: Ints
    position: Ints
    source: torch.Tensor
    layer: torch.Tensor
    vector: torch.Tensor

    def __len__(self) -> int:
        return len(self.ordinal)

    def writes_of(self, source: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The vectors (n_writes, d_model) and layers (n_writes,) of the source of this row."""
        first, end = (int(torch.searchsorted(self.source, source + more)) for more in (0, 1))
        return self.vector[first:end], self.layer[first:end]


@dataclass(frozen=True, eq=False)
class Targets:
    """What T nodes read: the inner product of `vector` with what the features of `layer` read at `position`; of the
    final norm's output where the layer is n_layers, as for logits.

    shapes: ordinal, layer and position (T,); vector (T, d_model).
    """

    ordinal: Ints
    layer: Ints
    position: Ints
    vector: torch.Tensor

    def __len__(self) -> int:
        return len(self.ordinal)

    def read(self, replacement: LocalReplacement, run: Replayed, chosen: Ints, item: Ints) -> torch.Tensor:
        """The sum of what the `chosen` targets (n_chosen,) read, each in its item of a replay with its layers kept."""
        total = run.hidden.new_zeros(())
        for number in np.unique(self.layer[chosen]).tolist():
            here = np.flatnonzero(self.layer[chosen] == number)
            place = run.hidden if number == replacement.n_layers else replacement.read(run.layers[number])
            rows = chosen[here]
            total = total + (place[item[here], self.position[rows]] * self.vector[rows]).sum()
        return total


def sources_of(replacement: LocalReplacement, nodes: Nodes, ordinals: Ints) -> Sources:
    """What the nodes of these ordinals write. Raises NoLoadings where a node is none of the model's."""
    check_nodes(replacement, nodes, ordinals)
    ordinals = ordinals[np.argsort(nodes.position[ordinals], kind="stable")]
    found: list[tuple[Ints, Ints, torch.Tensor]] = []
    rows = np.arange(len(ordinals))
    kind, layer, position = nodes.kind[ordinals], nodes.layer[ordinals], nodes.position[ordinals]

    embeddings = rows[kind == NodeKind.EMBEDDING]
    x = replacement.recording.layers[0].x[0].detach()
    if replacement.recording.positional is not None:
        x = x - replacement.recording.positional[0]
    found.append(
        (embeddings, np.full(len(embeddings), INPUT), replacement.embedding_factor * x[position[embeddings]])
    )

    errors = rows[kind == NodeKind.ERROR]
    if len(errors):
        found.append((errors, layer[errors], replacement.errors[layer[errors], position[errors]]))

    features = rows[kind == NodeKind.FEATURE]
    for number in np.unique(layer[features]).tolist():
        here = features[layer[features] == number]
        index = torch.from_numpy(nodes.index[ordinals[here]]).to(replacement.device)
        activation = torch.from_numpy(nodes.activation[ordinals[here]]).to(replacement.device)
        if activation.isnan().any():  # a file need not tell them
            places = torch.from_numpy(position[here]).to(replacement.device)
            activation = torch.where(
                activation.isnan(), replacement.activations(number, places, index), activation
            )
        vectors = activation.float()[:, None, None] * replacement.decoders(number, index)
        n_written = vectors.shape[1]
        found.append(
            (
                here.repeat(n_written),
                np.tile(np.arange(number, number + n_written), len(here)),
                vectors.flatten(0, 1),
            )
        )
    source, of_layer = (np.concatenate([each[column] for each in found]) for column in (0, 1))
    order = np.argsort(source, kind="stable")
    return Sources(
        ordinal=ordinals,
        position=position,
        source=torch.from_numpy(source[order]),
        layer=torch.from_numpy(of_layer[order]),
        vector=torch.cat([vector for *_, vector in found])[order],
    )


def targets_of(replacement: LocalReplacement, nodes: Nodes, ordinals: Ints) -> Targets:
    """What the nodes of these ordinals, features and logits, read. Raises NoLoadings as `sources_of`."""
    check_nodes(replacement, nodes, ordinals)
    n_layers, kind, layer = replacement.n_layers, nodes.kind[ordinals], nodes.layer[ordinals]
    vector = replacement.recording.embeddings.new_zeros(len(ordinals), replacement.d_model)
    for number in np.unique(layer[kind == NodeKind.FEATURE]).tolist():
        rows = np.flatnonzero((kind == NodeKind.FEATURE) & (layer == number))
        vector[rows] = replacement.encoders(number, torch.from_numpy(nodes.index[ordinals[rows]]))
    logits = np.flatnonzero(kind == NodeKind.LOGIT)
    if len(logits):
        vector[logits] = replacement.logit_vectors(torch.from_numpy(nodes.index[ordinals[logits]]))
    return Targets(
        ordinal=ordinals,
        layer=np.where(kind == NodeKind.LOGIT, n_layers, layer),
        position=nodes.position[ordinals],
        vector=vector,
    )


def check_nodes(replacement: LocalReplacement, nodes: Nodes, ordinals: Ints) -> None:
    """Raises NoLoadings where a node is none of the model's, of its transcoders' or of the prompt's."""
    if any(nodes.site[node] is not None for node in ordinals.tolist()):
        raise NoLoadings("the graph has nodes that are not of MLPs")
    kind = nodes.kind[ordinals]
    bounds = (
        ("position", nodes.position[ordinals], replacement.recording.n),
        ("layer", nodes.layer[ordinals][kind != NodeKind.LOGIT], replacement.n_layers),
        ("feature", nodes.index[ordinals][kind == NodeKind.FEATURE], replacement.transcoders.d_transcoder),
    )
    for name, values, n in bounds:
        if len(values) and not (values.min() >= INPUT and values.max() < n):
            raise NoLoadings(f"the graph has a {name} {values.max()}, where the model has {n:,}")
    for index in nodes.index[ordinals][kind == NodeKind.LOGIT].tolist():
        if index not in replacement.directions and not 0 <= index < replacement.n_vocabulary:
            raise NoLoadings(f"the graph's target {index} is neither a token nor a direction that is known")
