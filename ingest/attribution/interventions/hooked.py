"""Passes of circuit-tracer's transformerlens model: recorded, and with changes in them, by its hooks."""

from collections.abc import Callable
from typing import Any

import torch

from ingest.attribution.interventions.conditions import Baseline, Conditions, LayerOutput, Recorded

LOGITS = "unembed.hook_post"
"""Before the cap that some models put on them."""
FINAL = "ln_final.hook_scale"

Hook = tuple[str, Callable[..., Any]]


def recorded(model: Any, ids: torch.Tensor) -> Recorded:
    """The pass of the unmodified prompt. `ids` (n_positions,)."""
    found: dict[str, torch.Tensor] = {}

    def keep(value: torch.Tensor, hook: Any) -> None:
        found[hook.name] = value.detach().clone()

    inputs, outputs = _features(model)
    patterns, scales = _patterns(model), _scales(model)
    names = (*inputs, *outputs, *patterns, *scales, LOGITS)
    model.run_with_hooks(ids[None], fwd_hooks=[(name, keep) for name in names])
    return Recorded(
        logits=found[LOGITS][0, -1],
        attention=[found[name] for name in patterns],
        scales=[[found[name]] for name in scales],
        inputs=[found[name] for name in inputs],
        outputs=[found[name] for name in outputs],
    )


def changed(
    model: Any, base: Baseline, n: int, conditions: Conditions, output: LayerOutput
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The logits (n, n_vocabulary) of the last position of `n` passes at once, whose layers give out what `output`
    says; and the scale (n,) of the final norm, where it is not held."""
    coming: dict[int, torch.Tensor] = {}
    found: dict[str, torch.Tensor] = {}
    hooks: list[Hook] = []

    def come_in(layer: int) -> Callable[..., None]:
        def keep(value: torch.Tensor, hook: Any) -> None:  # noqa: ARG001  # hooks are called by name
            coming[layer] = value

        return keep

    def goes_out(layer: int) -> Callable[..., torch.Tensor]:
        def change(value: torch.Tensor, hook: Any) -> torch.Tensor:  # noqa: ARG001
            return output(layer, coming.pop(layer), value)

        return change

    def held(to: torch.Tensor) -> Callable[..., torch.Tensor]:
        def hold(value: torch.Tensor, hook: Any) -> torch.Tensor:  # noqa: ARG001
            return to.expand_as(value)

        return hold

    def last(value: torch.Tensor, hook: Any) -> None:
        found[hook.name] = value[:, -1].detach().clone()

    for layer, (before, after) in enumerate(zip(*_features(model), strict=True)):
        hooks += [(before, come_in(layer)), (after, goes_out(layer))]
    if conditions.holds_attention:
        hooks += [(name, held(to)) for name, to in zip(_patterns(model), base.attention, strict=True)]
    if conditions.holds_norms:
        hooks += [(name, held(to)) for name, (to,) in zip(_scales(model), base.scales, strict=True)]
    else:
        hooks.append((FINAL, last))
    model.run_with_hooks(base.ids.expand(n, -1), fwd_hooks=[*hooks, (LOGITS, last)])
    return found[LOGITS], None if conditions.holds_norms else found[FINAL][:, 0]


def held_ratio(_: Any, before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
    """What logits are multiplied by to have them as with the final norm at its unmodified scale: norms divide by it."""
    return now / before


def cap(model: Any) -> float | None:
    """Of the logits that the model gives out."""
    found = float(model.cfg.output_logits_soft_cap)
    return found if found > 0.0 else None


def _features(model: Any) -> tuple[list[str], list[str]]:
    """The hooks of the features' inputs and of the MLPs' outputs, by layer."""
    layers = range(model.cfg.n_layers)
    return (
        [f"blocks.{layer}.{model.feature_input_hook}" for layer in layers],
        [f"blocks.{layer}.{model.feature_output_hook}" for layer in layers],
    )


def _patterns(model: Any) -> list[str]:
    return [f"blocks.{layer}.attn.hook_pattern" for layer in range(model.cfg.n_layers)]


def _scales(model: Any) -> list[str]:
    """The hooks of all norms' scales, that of the final one last."""
    return [*(name for name in model.hook_dict if name.endswith("hook_scale") and name != FINAL), FINAL]
