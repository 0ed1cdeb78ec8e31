"""Passes of circuit-tracer's nnsight model: recorded, and with changes in them.

They use its location properties and its unembedding, nothing else of it. Logits are read where the unembedding gives
them out, before the cap that some models put on them: circuit-tracer's `zero_softcap` changes a copy of the
configuration that the model does not read.

nnsight reads the source of the `with` bodies below: one statement a line, no other context in a tracing `with`.
"""

from typing import Any

import torch
from nnsight import save

from ingest.attribution.interventions.conditions import Baseline, Conditions, LayerOutput, Recorded


def recorded(model: Any, ids: torch.Tensor) -> Recorded:
    """The pass of the unmodified prompt. `ids` (n_positions,)."""
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
    return Recorded(logits, attention, scales, inputs, outputs)


def changed(
    model: Any, base: Baseline, n: int, conditions: Conditions, output: LayerOutput
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """The logits (n, n_vocabulary) of the last position of `n` passes at once, whose layers give out what `output`
    says; and the scale (n,) of the final norm, where it is not held."""
    scale = None
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
            for layer in range(model.cfg.n_layers):
                come_in = model.get_feature_input_loc(layer).output
                goes_out = model.get_feature_output_loc(layer)
                goes_out.output = output(layer, come_in, goes_out.output)
            logits = save(model.lm_head.output[:, -1])
    return logits, scale


def held_ratio(model: Any, before: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
    """What logits are multiplied by to have them as with the final norm at its unmodified scale. What is saved of a
    norm is the mean square, or its reciprocal root."""
    pattern = model._layernorm_scale_patterns[-1]
    if "rsqrt" in pattern:
        return before / now
    norm = model._resolve_attr(model, pattern.partition(".source")[0])._module
    epsilon = float(getattr(norm, "variance_epsilon", getattr(norm, "eps", 0.0)))
    return torch.sqrt((now + epsilon) / (before + epsilon))


def cap(model: Any) -> float | None:
    """Of the logits that the model gives out."""
    config = getattr(model, "_hf_config", None) or model.config
    config = getattr(config, "text_config", config)
    found: float | None = getattr(config, "final_logit_softcapping", None)
    return found
