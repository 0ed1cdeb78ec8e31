"""Interventions on a replacement model: features are set to values, and the pass is run on from there.

`baseline` runs the unmodified prompt once; `run` runs many interventions on it in one batched pass, by the passes of
the model's backend (`traced`, `hooked`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
import torch

from ingest.attribution.interventions import hooked, traced
from ingest.attribution.interventions.conditions import Baseline, Conditions, Place
from ingest.attribution.memory import intervention_bytes
from queries.graph.arrays import Floats, Ints

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


@torch.no_grad()
def baseline(model: Any, ids: torch.Tensor) -> Baseline:
    """Run the unmodified prompt. `ids` (n_positions,)."""
    transcoders = transcoders_of(model)
    found = _passes(model).recorded(model, ids)
    activations = torch.stack(
        [transcoders.encode_layer(come_in, layer)[0] for layer, come_in in enumerate(found.inputs)]
    )
    activations[:, model.zero_positions] = 0
    return Baseline(ids=ids, activations=activations, **found._asdict())


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


@torch.no_grad()
def continuation(model: Any, base: Baseline, changes: Changes, n: int, stop: int | None) -> list[int]:
    """The ids of the `n` tokens that the model says after the prompt, each the most probable one; fewer where it says
    `stop`. The changes stay in their places of the prompt; nothing is held."""
    said: list[int] = []
    nothing = Reading([])
    while len(said) < n:
        longer = replace(base, ids=torch.cat((base.ids, base.ids.new_tensor(said))))
        walk = _Walk(model, longer, [changes], Conditions.MODEL, nothing)
        logits, _ = _passes(model).changed(model, longer, 1, Conditions.MODEL, walk.output)
        token = int(logits[0].argmax())
        if token == stop:
            break
        said.append(token)
    return said


def transcoders_of(model: Any) -> Any:
    """The transcoders themselves: nnsight wraps every module that hangs on a model."""
    return getattr(model.transcoders, "_module", model.transcoders)


@torch.no_grad()
def _run_chunk(
    model: Any, base: Baseline, changes: Sequence[Changes], conditions: Conditions, reading: Reading
) -> Outcomes:
    walk = _Walk(model, base, changes, conditions, reading)
    logits, scale = _passes(model).changed(model, base, len(changes), conditions, walk.output)
    outcomes = _read(model, base, logits, reading, scale)
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
        return goes_out if added is None else goes_out + added.to(goes_out.dtype)

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
                self._pending[target] = torch.zeros_like(come_in, dtype=written.dtype)
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
    unembedding has no bias."""
    before = base.scales[-1][0][0, -1, 0].double().cpu()
    found: Floats = _passes(model).held_ratio(model, before, scale.double().cpu()).numpy()
    return found


def _capped(model: Any, logits: torch.Tensor) -> torch.Tensor:
    """The logits as the model gives them out."""
    cap = _passes(model).cap(model)
    return logits if cap is None else torch.tanh(logits / cap) * cap


def _passes(model: Any) -> ModuleType:
    """The passes of the model's backend."""
    return traced if model.backend == "nnsight" else hooked


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
