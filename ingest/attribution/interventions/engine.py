"""Interventions on a replacement model: features are set to values, and the pass is run on from there.

`baseline` runs the unmodified prompt once; `run` runs many interventions on it in one batched pass. Both use the
location properties of circuit-tracer's nnsight model, its unembedding and its transcoders. Logits are read where the
unembedding gives them out, before the cap that some models put on them: circuit-tracer's `zero_softcap` changes a copy
of the configuration that the model does not read.

nnsight reads the source of the `with` bodies below: one statement a line, no other context in a tracing `with`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import torch
from nnsight import save

from ingest.attribution.memory import intervention_bytes
from queries.errors import WorkerUnavailable
from queries.graph.arrays import Floats, Ints

Place: TypeAlias = tuple[int, int, int]
"""Layer, position and index of a feature."""
Changes: TypeAlias = Mapping[Place, float]
"""One intervention: the value that each changed feature is set to."""
Target: TypeAlias = Sequence[tuple[int, float]]
"""A weighted sum of logits: token ids with their factors. A token's own logit is `[(token, 1.0)]`."""

N_TOP = 5
"""Most probable tokens that are told of each intervention."""
CPU_CHUNK = 20
"""Interventions in one pass on a CPU: more are no faster."""
GPU_PART = 0.5
"""Of a GPU's free memory that one pass may take."""


class Conditions(StrEnum):
    """What is held at its value in the unmodified pass while the rest of the model answers to a change."""

    MODEL = "model"
    """Nothing: what the model does."""
    ATTENTION = "attention"
    """Attention patterns: circuit-tracer's default."""
    GRAPH = "graph"
    """Attention patterns and the scales of all norms: what an attribution graph assumes."""
    CONSTRAINED = "constrained"
    """These, and the outputs of MLPs: direct effects only, since nothing comes through features."""

    @property
    def holds_attention(self) -> bool:
        return self is not Conditions.MODEL

    @property
    def holds_norms(self) -> bool:
        return self in (Conditions.GRAPH, Conditions.CONSTRAINED)


@dataclass(frozen=True, eq=False)
class Baseline:
    """The pass of the unmodified prompt. Logits are from before the cap that some models put on them.

    shapes: ids (n_positions,); logits (n_vocabulary,) at the last position; attention, of each layer, (1, n_heads,
    n_positions, n_positions); scales, of each norm location and layer, (1, n_positions, 1); inputs and outputs, of each
    layer, (1, n_positions, d_model); activations (n_layers, n_positions, n_features), 0 where attribution has none.
    """

    ids: torch.Tensor
    logits: torch.Tensor
    attention: list[torch.Tensor]
    scales: list[list[torch.Tensor]]
    inputs: list[torch.Tensor]
    outputs: list[torch.Tensor]
    activations: torch.Tensor

    def active(self) -> tuple[Ints, Floats]:
        """The places (n_active, 3) of the active features, by layer, position and index, and their activations."""
        places = self.activations.nonzero()
        values = self.activations[places.unbind(1)]
        return places.cpu().numpy(), values.double().cpu().numpy()

    def value(self, place: Place) -> float:
        return float(self.activations[place])


@dataclass(frozen=True)
class Reading:
    """What is told of each intervention: targets' logits, and the activations of the features at `places`."""

    targets: Sequence[Target]
    places: Sequence[Place] = ()


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What B interventions did, a row each.

    shapes: centred (B, n_targets) each target's logit over the vocabulary's mean, before the cap; held (B, n_targets)
    the same with the final norm at its unmodified scale, equal to `centred` where all norms are held; probability
    (B, n_targets) NaN for a target that is no single token; top (B, N_TOP) the most probable tokens' ids and
    top_probability theirs; activation (B, n_places) after the change, so that a changed feature has its set value.
    """

    centred: Floats
    held: Floats
    probability: Floats
    top: Ints
    top_probability: Floats
    activation: Floats

    def __len__(self) -> int:
        return len(self.centred)


def require_engine(model: Any) -> None:
    """Raises WorkerUnavailable for a model whose backend the engine does not speak."""
    if model.backend != "nnsight":
        raise WorkerUnavailable(
            f"Interventions need circuit-tracer's nnsight backend; this model is loaded with {model.backend}."
        )


@torch.no_grad()
def baseline(model: Any, ids: torch.Tensor) -> Baseline:
    """Run the unmodified prompt. `ids` (n_positions,)."""
    transcoders = transcoders_of(model)
    attention: list[torch.Tensor] = []
    scales: list[list[torch.Tensor]] = []
    inputs: list[torch.Tensor] = []
    outputs: list[torch.Tensor] = []
    with model.trace() as tracer:
        with tracer.invoke(ids[None], logits_to_keep=1):
            pass
        with tracer.invoke():
            for place in model.attention_locs:
                attention.append(save(place.output))  # noqa: PERF401  # nnsight runs no comprehension
        for places in model.layernorm_scale_locs:
            with tracer.invoke():
                of_layers = save([])
                for place in places:
                    of_layers.append(place.output)
                scales.append(of_layers)
        with tracer.invoke():
            for layer in range(model.cfg.n_layers):
                inputs.append(save(model.get_feature_input_loc(layer).output))
                outputs.append(save(model.get_feature_output_loc(layer).output.clone()))
            logits = save(model.lm_head.output[0, -1])
    activations = torch.stack(
        [transcoders.encode_layer(inputs[layer], layer)[0] for layer in range(model.cfg.n_layers)]
    )
    activations[:, model.zero_positions] = 0
    return Baseline(ids, logits, attention, scales, inputs, outputs, activations)


def run(
    model: Any, base: Baseline, changes: Sequence[Changes], conditions: Conditions, reading: Reading
) -> Outcomes:
    """Run each of the `changes` (B) on the baseline's prompt. No place may lie where attribution has no features."""
    chunk = _chunk(model, base, reading)
    parts = [
        _run_chunk(model, base, changes[start : start + chunk], conditions, reading)
        for start in range(0, len(changes), chunk)
    ]
    return _joined(parts) if parts else _read(model, base, base.logits[None][:0], reading)


def unchanged(model: Any, base: Baseline, reading: Reading) -> Outcomes:
    """What the unmodified pass says, as `Outcomes` of one row."""
    of_base = _read(model, base, base.logits[None], reading)
    of_base.activation[0] = [base.value(place) for place in reading.places]
    return of_base


def transcoders_of(model: Any) -> Any:
    """The transcoders themselves: nnsight wraps every module that hangs on a model."""
    return getattr(model.transcoders, "_module", model.transcoders)


@torch.no_grad()
def _run_chunk(
    model: Any, base: Baseline, changes: Sequence[Changes], conditions: Conditions, reading: Reading
) -> Outcomes:
    n, n_layers = len(changes), model.cfg.n_layers
    walk = _Walk(model, base, changes, conditions, reading)
    final = len(base.scales) - 1
    with model.trace() as tracer:
        with tracer.invoke(base.ids.expand(n, -1), logits_to_keep=1):
            pass
        if conditions.holds_attention:
            with tracer.invoke():
                for place, held in zip(model.attention_locs, base.attention, strict=True):
                    place.output = held.expand(n, -1, -1, -1)
        for number, places in enumerate(model.layernorm_scale_locs):
            if conditions.holds_norms:
                with tracer.invoke():
                    for place, held in zip(places, base.scales[number], strict=True):
                        place.output = held.expand(n, -1, -1)
            elif number == final:
                with tracer.invoke():
                    for place in places:
                        scale = save(place.output[:, -1, 0])
        with tracer.invoke():
            for layer in range(n_layers):
                come_in = model.get_feature_input_loc(layer).output
                goes_out = model.get_feature_output_loc(layer)
                goes_out.output = walk.output(layer, come_in, goes_out.output)
            logits = save(model.lm_head.output[:, -1])
    outcomes = _read(model, base, logits, reading, None if conditions.holds_norms else scale)
    outcomes.activation[:] = walk.activations()
    return outcomes


class _Walk:
    """A pass of several interventions through the layers: the output of each layer's MLP with the changes in it."""

    def __init__(
        self,
        model: Any,
        base: Baseline,
        changes: Sequence[Changes],
        conditions: Conditions,
        reading: Reading,
    ) -> None:
        self._transcoders, self._base = transcoders_of(model), base
        self._constrained = conditions is Conditions.CONSTRAINED
        self._has_skip = bool(self._transcoders.skip_connection)
        self._changes = changes
        self._places = list(reading.places)
        self._n_layers = model.cfg.n_layers
        self._read = torch.zeros(len(changes), len(self._places), dtype=torch.float64)
        self._pending: dict[int, torch.Tensor] = {}
        """What changed features still write into the outputs of layers, (B, n_positions, d_model)."""
        self._set = _by_layer(changes, base.ids.device, base.activations.dtype)

    def output(self, layer: int, come_in: torch.Tensor, goes_out: torch.Tensor) -> torch.Tensor:
        """The layer's new output, from its features' input and its MLP's output, (B, n_positions, d_model) each."""
        self._note(layer, come_in)
        if layer in self._set:
            self._write(layer, come_in)
        added = self._pending.pop(layer, None)
        if self._constrained:
            goes_out = self._base.outputs[layer].expand(len(self._changes), -1, -1)
            if self._has_skip:
                before = self._transcoders.compute_skip(layer, self._base.inputs[layer])
                goes_out = goes_out + self._transcoders.compute_skip(layer, come_in) - before
        return goes_out if added is None else goes_out + added

    def activations(self) -> Floats:
        """(B, n_places) what was read, and the values that were set."""
        found = self._read.numpy()
        for number, place in enumerate(self._places):
            for row, changed in enumerate(self._changes):
                if place in changed:
                    found[row, number] = changed[place]
        return found

    def _write(self, layer: int, come_in: torch.Tensor) -> None:
        """Take the changed features of a layer for what they write, here and into later layers."""
        row, position, feature, value = self._set[layer]
        if self._constrained:
            before = self._base.activations[layer][position, feature]
        else:
            rows, own = torch.unique(torch.stack((row, position)), dim=1, return_inverse=True)
            before = self._transcoders.encode_layer(come_in[rows[0], rows[1]], layer)[own, feature]
        decoders = self._transcoders._get_decoder_vectors(layer, feature)
        if decoders.ndim == 2:  # else (n, n_layers from this one on, d_model): a cross-layer transcoder's
            decoders = decoders[:, None]
        written = (value - before)[:, None, None] * decoders
        for further in range(decoders.shape[1]):
            target = layer + further
            if target not in self._pending:
                self._pending[target] = torch.zeros_like(come_in)
            self._pending[target].index_put_((row, position), written[:, further], accumulate=True)

    def _note(self, layer: int, come_in: torch.Tensor) -> None:
        """Read the activations of a layer that are asked for."""
        here = [number for number, place in enumerate(self._places) if place[0] == layer]
        if here:
            positions = sorted({self._places[number][1] for number in here})
            found = self._transcoders.encode_layer(come_in[:, positions], layer)
            columns = torch.tensor([positions.index(self._places[number][1]) for number in here])
            features = torch.tensor([self._places[number][2] for number in here])
            self._read[:, here] = found[:, columns, features].double().cpu()


def _by_layer(
    changes: Sequence[Changes], device: torch.device, dtype: torch.dtype
) -> dict[int, tuple[torch.Tensor, ...]]:
    """The changes of each layer: row, position, feature and value, (n_changes,) each."""
    of_layer: dict[int, list[tuple[int, int, int, float]]] = {}
    for row, changed in enumerate(changes):
        for (layer, position, feature), value in changed.items():
            of_layer.setdefault(layer, []).append((row, position, feature, value))
    tensors = {}
    for layer, found in of_layer.items():
        *whole, values = zip(*found, strict=True)
        places = (torch.tensor(column, device=device) for column in whole)
        tensors[layer] = (*places, torch.tensor(values, device=device, dtype=dtype))
    return tensors


def _read(
    model: Any, base: Baseline, logits: torch.Tensor, reading: Reading, scale: torch.Tensor | None = None
) -> Outcomes:
    """What is to be told of `logits` (B, n_vocabulary) from before the cap. `scale` (B,): that of the final norm, where
    it was not held."""
    logits = logits.float()
    centred = _sums(logits, logits.mean(dim=1), reading.targets)
    ratio = np.ones(len(logits)) if scale is None else _held_ratio(model, base, scale)
    chances = torch.softmax(_capped(model, logits), dim=1)
    best = torch.topk(chances, min(N_TOP, chances.shape[1]), dim=1)
    tokens = [
        target[0][0] if len(target) == 1 and target[0][1] == 1.0 else None for target in reading.targets
    ]
    probability = np.full((len(logits), len(tokens)), np.nan)
    for number, token in enumerate(tokens):
        if token is not None:
            probability[:, number] = chances[:, token].double().cpu().numpy()
    return Outcomes(
        centred=centred,
        held=centred * ratio[:, None],
        probability=probability,
        top=best.indices.cpu().numpy(),
        top_probability=best.values.double().cpu().numpy(),
        activation=np.zeros((len(logits), len(reading.places))),
    )


def _sums(logits: torch.Tensor, mean: torch.Tensor, targets: Iterable[Target]) -> Floats:
    """(B, n_targets) each target's weighted sum of logits over the vocabulary's mean."""
    columns = [
        sum((factor * (logits[:, token] - mean) for token, factor in target), torch.zeros_like(mean))
        for target in targets
    ]
    if not columns:
        return np.zeros((len(logits), 0))
    found: Floats = torch.stack(columns, dim=1).double().cpu().numpy()
    return found


def _held_ratio(model: Any, base: Baseline, scale: torch.Tensor) -> Floats:
    """(B,) what the logits are multiplied by to have them as with the final norm at its unmodified scale: the
    unembedding has no bias. What is saved of a norm is the mean square, or its reciprocal root."""
    before, now = base.scales[-1][0][0, -1, 0].double().cpu(), scale.double().cpu()
    pattern = model._layernorm_scale_patterns[-1]
    if "rsqrt" in pattern:
        ratio = before / now
    else:
        norm = model._resolve_attr(model, pattern.partition(".source")[0])._module
        epsilon = float(getattr(norm, "variance_epsilon", getattr(norm, "eps", 0.0)))
        ratio = torch.sqrt((now + epsilon) / (before + epsilon))
    found: Floats = ratio.numpy()
    return found


def _capped(model: Any, logits: torch.Tensor) -> torch.Tensor:
    """The logits as the model gives them out."""
    config = getattr(model, "_hf_config", None) or model.config
    config = getattr(config, "text_config", config)
    cap = getattr(config, "final_logit_softcapping", None)
    return logits if cap is None else torch.tanh(logits / cap) * cap


def _chunk(model: Any, base: Baseline, reading: Reading) -> int:
    """Interventions in one pass."""
    if base.ids.device.type != "cuda":
        return CPU_CHUNK
    free, _ = torch.cuda.mem_get_info(base.ids.device)
    n_positions, n_features = len(base.ids), base.activations.shape[2]
    needed = intervention_bytes(
        n_positions,
        model.cfg.d_model,
        model.cfg.d_mlp,
        model.cfg.n_heads,
        len(base.logits),
        n_features * len({place[1] for place in reading.places} | {0}),
    )
    return max(1, int(GPU_PART * free) // needed)


def _joined(parts: Sequence[Outcomes]) -> Outcomes:
    return Outcomes(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS})


_FIELDS = ("centred", "held", "probability", "top", "top_probability", "activation")


def places_of(active: Ints) -> list[Place]:
    """The rows (n, 3) as places."""
    return [(layer, position, feature) for layer, position, feature in active.tolist()]
