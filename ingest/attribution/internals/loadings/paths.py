"""One link in full: the keys that its last heads looked at, and every path through each head.

A path through several heads counts at each of them here, so that what passes *through* a head may be more than the
link's weight where heads cancel. Within one layer no path passes two heads: what passes through its heads and what
passes none of them add up to the weight.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from ingest.attribution.internals.loadings.nodes import Sources, sources_of, targets_of
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.loadings.runs import FullReach, full_reach, last_reach, run_sources
from ingest.attribution.internals.passes.layer import Layer
from ingest.attribution.internals.passes.replay import Replayed, without_bias
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import Nodes


@dataclass(frozen=True, eq=False)
class LinkPaths:
    """A link of a prompt of n tokens.

    shapes: last and through (n_layers, n_heads), what passes each head as its last, and at all; keys (n_layers,
    n_heads, n), `last` by the key that the head looks at from the target's position; cells (n_layers, n_heads, 2), the
    query and key by which most passes through the head; past (n_layers,), what passes none of a layer's heads.
    `weight` is the replay's, `direct` what passes no head at all. `sums_error`: how far direct and `last` are from the
    weight, `layers_error`: how far the worst layer's `through` and `past` are, each as a share of its absolute sum.
    """

    weight: float
    direct: float
    last: Floats
    keys: Floats
    through: Floats
    cells: Ints
    past: Floats
    sums_error: float
    layers_error: float


@torch.no_grad()
def link_paths(replacement: LocalReplacement, nodes: Nodes, source: int, target: int) -> LinkPaths:
    """The link between two nodes (ordinals), whether or not it is stored. Raises NoLoadings, Diverged."""
    sources = sources_of(replacement, nodes, np.array([source]))
    targets = targets_of(replacement, nodes, np.array([target]))
    layer, position, vector = int(targets.layer[0]), int(targets.position[0]), targets.vector[0]
    run = run_sources(replacement, sources, range(1))
    reads = run.hidden if layer == replacement.n_layers else replacement.read(run.layers[layer])
    weight = float(without_bias(reads)[0, position] @ vector)

    to_last = last_reach(replacement, targets, None)
    vectors, layers = sources.writes_of(0)
    at_once = sources.position[0] == position
    direct = float((vectors * to_last.written[0, layers + 1]).sum()) if at_once else 0.0
    keys = np.stack([_keys(each, to_last.heads[0, each.number], position) for each in run.layers])

    full = full_reach(replacement, targets, 0)
    through, cells = _through(run, full)
    past = _past(sources, run, full)
    past[layer + 1 :] = weight  # those layers come after the target
    return LinkPaths(
        weight=weight,
        direct=direct,
        last=keys.sum(-1),
        keys=keys,
        through=through,
        cells=cells,
        past=past,
        sums_error=_error([direct, *keys.sum(-1).flat], weight),
        layers_error=max(
            _error([*of_heads, none], weight) for of_heads, none in zip(through, past, strict=True)
        ),
    )


def _keys(layer: Layer, reach: torch.Tensor, position: int) -> Floats:
    """(n_heads, n): what a target at the position reads of each key's value. `reach` (n_heads, d_head)."""
    v = without_bias(layer.v)[0]
    return _float64(torch.einsum("hk,hkd,hd->hk", layer.pattern[0, :, position], v, reach))


def _through(run: Replayed, full: FullReach) -> tuple[Floats, Ints]:
    """`through` and `cells` of `LinkPaths`."""
    through, cells = [], []
    for layer, reach in zip(run.layers, full.heads, strict=True):
        v = without_bias(layer.v)[0]
        of_cells = _float64(torch.einsum("hqk,hkd,hqd->hqk", layer.pattern[0], v, reach))
        n_heads, n, _ = of_cells.shape
        best = np.abs(of_cells).reshape(n_heads, -1).argmax(1)
        through.append((_float64(without_bias(layer.z)[0] * reach)).sum((-1, -2)))
        cells.append(np.stack(np.divmod(best, n), axis=-1))
    return np.stack(through), np.stack(cells)


def _past(sources: Sources, run: Replayed, full: FullReach) -> Floats:
    """(n_layers,): what comes into a layer and passes none of its heads, and what is written from there on."""
    vectors, layers = sources.writes_of(0)
    written = _float64(vectors * full.written[layers + 1, sources.position[0]]).sum(-1)
    return np.array(
        [
            _float64(without_bias(layer.x)[0] * reach).sum() + written[layers.numpy() >= layer.number].sum()
            for layer, reach in zip(run.layers, full.past_heads, strict=True)
        ]
    )


def _error(parts: list[float], whole: float) -> float:
    """How far a sum is from what it should be, as a share of its absolute parts."""
    size = sum(map(abs, parts))
    return abs(sum(parts) - whole) / size if size else abs(whole)


def _float64(values: torch.Tensor) -> npt.NDArray[np.float64]:
    return values.double().cpu().numpy()
