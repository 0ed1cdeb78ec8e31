"""Prompts through a real server with a model of Gemma-2-2B's shape and random weights, where there is a GPU: by phase,
interventions on their graphs, and the memory of traces beside the one that was foreseen. Verifications are left out:
with norms held, changed groups make the numbers of random layers overflow.

Decoders differ in size as those of trained transcoders do, so that pruning leaves a part of the graph.
"""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import requests
import torch
import yaml
from safetensors.torch import save_file
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, Gemma2Config

from bench.ingest.jobs import INTERVENTION, PHASES, elapsed, intervened, traced
from bench.ingest.whole_trace import BARS
from bench.measure import seconds, show, spread
from ingest import load_registry
from ingest.attribution.attribution import LoadedModel, trace
from ingest.attribution.fitting import needed
from ingest.attribution.loading.load import load_model
from queries.graph.records import AttributionParameters
from tests.support.models.replacement_models import NORMALISED
from tests.support.processes import serving, url

NAME = "random-gemma-2-2b"
N_JOBS = 5
"""After one that loads the model."""
BATCH_SIZES = (64, 256, 512)


class Shape(NamedTuple):
    n_layers: int = 26
    d_model: int = 2304
    d_mlp: int = 9216
    n_heads: int = 8
    n_key_value_heads: int = 4
    d_head: int = 256
    n_vocabulary: int = 256_000
    n_features: int = 16_384
    """Of each layer."""
    threshold: float = 3.02
    """Of inputs of unit variance: 21 features a layer are active at each position, 8,200 in a prompt."""
    n_words: int = 14


GEMMA_2_2B = Shape()


def show_real_model(shape: Shape = GEMMA_2_2B, device: str = "cuda") -> None:
    if device == "cuda" and not torch.cuda.is_available():
        print("Gemma-2-2B's shape: this machine has no GPU, so that it is not measured.")
        return
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        _write_model(data / "model", shape, device)
        _write_transcoders(data / "transcoders", shape, device)
        (data / "models.toml").write_text(
            f'[[model]]\nname = "{NAME}"\nsource = "model"\ndtype = "bfloat16"\ndefault = true\n'
            '[[model.transcoders]]\nname = "random"\nsource = "transcoders"\n'
        )
        prompts = [_prompt(shape, number) for number in range(1 + N_JOBS)]
        with serving(data, "--no-examples"):
            first, *jobs = traced(url(data), prompts)
            tests = intervened(url(data), jobs)
            graphs = [
                requests.get(f"{url(data)}/api/graphs/{job['graph_id']}", timeout=60).json() for job in jobs
            ]
        loaded = load_model(*load_registry(data).find(NAME, None))
        attribution = [seconds(partial(_traced, loaded, prompt)) for prompt in prompts][1:]
        _show_phases(first, jobs, tests, graphs, attribution)
        if device == "cuda":
            _show_memory(loaded, prompts[0])


def _show_phases(
    first: dict[str, Any],
    jobs: list[dict[str, Any]],
    tests: list[dict[str, Any]],
    graphs: list[dict[str, Any]],
    attribution: list[float],
) -> None:
    total = [elapsed(job, "created_at", "finished_at") for job in jobs]
    beyond = [whole - alone for whole, alone in zip(total, attribution, strict=True)]
    rows = [
        ["first job, with loading the model", f"{elapsed(first, 'created_at', 'finished_at'):.1f} s"],
        ["queue", spread([elapsed(job, "created_at", "started_at") for job in jobs])],
        *([phase, spread([job["timings"][phase] for job in jobs])] for phase in PHASES),
        ["POST to the end of the job", spread(total)],
        ["attribute() and its Trace, alone", spread(attribution)],
        [f"beyond them (bar: {BARS['ladybug']} s)", spread(beyond)],
        [INTERVENTION, spread([elapsed(job, "created_at", "finished_at") for job in tests])],
    ]
    sizes = ", ".join(f"{graph['n_nodes']:,} / {graph['n_edges']:,}" for graph in graphs)
    show(
        f"Gemma-2-2B's shape, {graphs[0]['n_active_features']:,} active features, stored nodes / edges: {sizes}",
        ["what", "time"],
        rows,
    )


def _show_memory(loaded: LoadedModel, prompt: str) -> None:
    """The GPU's peak in a trace, beyond the model and the active features' vectors, beside the foreseen one."""
    rows = []
    for batch_size in BATCH_SIZES:
        foreseen = _foreseen(loaded, prompt, batch_size)
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        taken = seconds(partial(_traced, loaded, prompt, batch_size))
        peak = torch.cuda.max_memory_allocated() - before
        figures = [foreseen.passes, foreseen.vectors, peak]
        rows.append([f"{batch_size}", *(f"{figure / 1e9:.2f} GB" for figure in figures), f"{taken:.1f} s"])
    show(
        f"Memory of a trace on {torch.cuda.get_device_name()}",
        ["batch size", "passes, foreseen", "vectors", "both, measured", "time"],
        rows,
    )


def _foreseen(loaded: LoadedModel, prompt: str, batch_size: int) -> Any:
    model = loaded.replacement_model
    context = model.setup_attribution(model.ensure_tokenized(prompt))
    return needed(model, context, AttributionParameters(batch_size=batch_size))


def _traced(loaded: LoadedModel, prompt: str, batch_size: int = AttributionParameters().batch_size) -> None:
    trace(loaded, prompt, AttributionParameters(batch_size=batch_size), lambda *_: None)


def _prompt(shape: Shape, number: int) -> str:
    return " ".join(f"w{3 + number * shape.n_words + at}" for at in range(shape.n_words))


def _write_model(folder: Path, shape: Shape, device: str) -> None:
    config = Gemma2Config(
        vocab_size=shape.n_vocabulary,
        hidden_size=shape.d_model,
        intermediate_size=shape.d_mlp,
        num_hidden_layers=shape.n_layers,
        num_attention_heads=shape.n_heads,
        num_key_value_heads=shape.n_key_value_heads,
        head_dim=shape.d_head,
        query_pre_attn_scalar=shape.d_head,
    )
    torch.manual_seed(0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    special = ["<pad>", "<eos>", "<bos>"]  # with Gemma's ids
    words = {word: number for number, word in enumerate(special)}
    words |= {f"w{number}": number for number in range(len(special), shape.n_vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "eos_token": "<eos>", '
        '"bos_token": "<bos>"}'
    )


def _write_transcoders(folder: Path, shape: Shape, device: str) -> None:
    folder.mkdir()
    generator = torch.Generator(device).manual_seed(1)

    def normal(*size: int) -> torch.Tensor:
        return torch.randn(*size, generator=generator, device=device)

    for layer in range(shape.n_layers):
        encoder, decoder = (normal(shape.n_features, shape.d_model) / shape.d_model**0.5 for _ in range(2))
        strength = torch.exp(1.2 * normal(shape.n_features, 1))
        weights = {
            "W_enc": encoder,
            "W_dec": strength * decoder,
            "b_enc": torch.zeros(shape.n_features, device=device),
            "b_dec": torch.zeros(shape.d_model, device=device),
            "activation_function.threshold": torch.full((shape.n_features,), shape.threshold, device=device),
        }
        save_file(
            {name: value.bfloat16().contiguous() for name, value in weights.items()},
            folder / f"layer_{layer}.safetensors",
        )
    config = {
        "model_kind": "transcoder_set",
        "model_name": NAME,
        "scan": NAME,
        **NORMALISED,
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
