"""Whether a model and its transcoders can be loaded, told by their files before any weight is read."""

import json

from circuit_tracer.utils.tl_nnsight_mapping import get_mapping, get_supported_architectures
from transformer_lens.loading_from_pretrained import get_official_model_name

from ingest.attribution.loading.find import FoundModel, FoundSet
from ingest.attribution.loading.weights import n_numbers
from ingest.models import ModelEntry, TranscoderEntry
from ingest.sources import HubSource
from queries.errors import TranscodersMismatch, UnsupportedModel, WeightsTooLarge

NUMBER_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
CODE = "auto_map"
"""The field of a configuration that names code in the model's repository."""


def official_name(entry: ModelEntry) -> str | None:
    """The name by which the transformerlens backend knows a model; None for the other backend. Raises
    UnsupportedModel."""
    if entry.backend != "transformerlens":
        return None
    try:
        return get_official_model_name(HubSource.read(entry.source).repository)
    except ValueError as error:
        raise UnsupportedModel(
            entry.source,
            "circuit-tracer's backend transformerlens knows official model names only, and this is none: take the "
            'backend "nnsight"',
        ) from error


def check_code(model: FoundModel) -> None:
    """Raises UnsupportedModel where a model brings code of its own: nnsight and transformer_lens would run it."""
    tokenizer = model.folder / "tokenizer_config.json"
    of_tokenizer = json.loads(tokenizer.read_bytes()) if tokenizer.is_file() else {}
    for name, config in (("config.json", model.config), (tokenizer.name, of_tokenizer)):
        if CODE in config or CODE in (config.get("text_config") or {}):
            raise UnsupportedModel(
                model.source,
                f"its {name} asks for code from its repository ({CODE}), which is never run: list a folder with a copy "
                f"without {CODE}, if transformers knows the architecture by itself",
            )


def check_fit(model: FoundModel, found: FoundSet, entry: ModelEntry, transcoders: TranscoderEntry) -> None:
    """Raises UnsupportedModel, TranscodersMismatch."""
    hooks = {name: found.config[f"feature_{name}_hook"] for name in ("input", "output")}
    if entry.backend == "nnsight":
        known = get_supported_architectures()
        if model.architecture not in known:
            raise UnsupportedModel(
                entry.source,
                f"it is a {model.architecture}, and circuit-tracer's backend nnsight knows {', '.join(known)}",
            )
        points = get_mapping(model.architecture).feature_hook_mapping
        for hook in hooks.values():
            if hook not in points:
                raise TranscodersMismatch(
                    transcoders.name,
                    entry.name,
                    f"its features read at {hooks['input']} and write at {hooks['output']}; of a {model.architecture} "
                    f"circuit-tracer's backend nnsight knows {', '.join(points)}",
                )
    has = (model.of_text.get("num_hidden_layers"), model.of_text.get("hidden_size"))
    fits = (_n_layers(found), _width(found))
    for what, of_model, of_set in zip(("layers", "numbers in the residual stream"), has, fits, strict=True):
        if None not in (of_model, of_set) and of_model != of_set:
            raise TranscodersMismatch(
                transcoders.name,
                entry.name,
                f"it is made for {of_set:,} {what}, and the model has {of_model:,}: choose a set that was trained on "
                "this model",
            )


def _n_layers(found: FoundSet) -> int:
    if not found.is_cross_layer or found.in_own_form:
        return len(found.files)
    return sum(file.name.startswith("W_enc_") for file in found.files)


def _width(found: FoundSet) -> int | None:
    """The model's width that a set's decoder biases have; None where they are not found."""
    biases = [shape for each in found.weights for name, shape in each.items() if name.startswith("b_dec")]
    return biases[0][-1] if biases else None


def check_memory(
    model: FoundModel,
    found: FoundSet,
    entry: ModelEntry,
    without: tuple[str, ...],
    free: int | None,
    place: str,
) -> None:
    """Raises WeightsTooLarge where the weights, those that are not read lazily (`without`), need more bytes than are
    free at a place."""
    number = NUMBER_BYTES[entry.dtype]
    of_model, of_set = number * n_numbers(model.weights), number * n_numbers(found.weights, without)
    if free is not None and of_model + of_set > free:
        raise WeightsTooLarge(
            f"{entry.source} with {found.source}",
            f"in {entry.dtype} the model takes {of_model / 1e9:.1f} GB and the transcoders {of_set / 1e9:.1f} GB, and "
            f"{free / 1e9:.1f} GB are free on {place}: take a smaller dtype, read the transcoders lazily "
            "(lazy_encoder, lazy_decoder), or take another device",
        )
