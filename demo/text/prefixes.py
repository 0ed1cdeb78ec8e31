"""Every distinct prefix of the demo corpus, once: transcoders are trained and features are labelled on them.

"The capital of" opens hundreds of statements: boilerplate counted each time would outweigh everything else.
"""

import random
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from demo.text.batches import MAX_TOKENS, padded_ids
from demo.text.corpus import Statement, Task, fixed_statements, indirect_object, induction


@dataclass(frozen=True)
class Prefixes:
    """Distinct prefixes, numbered 0 .. n_prefixes - 1; `<bos>` alone is no prefix.

    Attributes:
        rows: token ids of each text, `<bos>` first.
        row: (n_prefixes) index into rows of a text that the prefix opens.
        position: (n_prefixes) position of the prefix's last token in that text.
        token: (n_prefixes) id of that token.
        entity: (n_prefixes) index into entity_names of the one entity that the prefix determines, or len(entity_names)
            where texts about several entities, or about none, open with it.
        entity_names: sorted.
        in_scoring_half: (n_prefixes) bool; the other half chooses labels. A hash of the prefix decides, not the
            rest of the corpus.
        is_addition: (n_prefixes) bool.
    """

    rows: list[list[int]]
    row: Tensor
    position: Tensor
    token: Tensor
    entity: Tensor
    entity_names: list[str]
    in_scoring_half: Tensor
    is_addition: Tensor

    def __len__(self) -> int:
        return len(self.row)


def collect_prefixes(tokenizer: PreTrainedTokenizerFast, statements: Sequence[Statement]) -> Prefixes:
    """The distinct prefixes of the statements' prompts and answers, without the closing stop."""
    rows: list[list[int]] = [
        tokenizer(statement.prompt + statement.answer).input_ids[:MAX_TOKENS] for statement in statements
    ]
    first_seen: dict[tuple[int, ...], tuple[int, int]] = {}
    entities: dict[tuple[int, ...], set[str | None]] = {}
    for index, (row, statement) in enumerate(zip(rows, statements, strict=True)):
        for position in range(1, len(row)):
            prefix = tuple(row[: position + 1])
            first_seen.setdefault(prefix, (index, position))
            entities.setdefault(prefix, set()).add(statement.entity)

    names = sorted({name for several in entities.values() for name in several if name is not None})
    number = {name: index for index, name in enumerate(names)}
    undetermined = len(names)

    def determined(several: Iterable[str | None]) -> int:
        (first, *others) = several
        return undetermined if others or first is None else number[first]

    return Prefixes(
        rows=rows,
        row=torch.tensor([index for index, _ in first_seen.values()]),
        position=torch.tensor([position for _, position in first_seen.values()]),
        token=torch.tensor([prefix[-1] for prefix in first_seen]),
        entity=torch.tensor([determined(several) for several in entities.values()]),
        entity_names=names,
        in_scoring_half=torch.tensor([zlib.crc32(repr(prefix).encode()) % 2 == 1 for prefix in first_seen]),
        is_addition=torch.tensor(
            [statements[index].task is Task.ADDITION for index, _ in first_seen.values()]
        ),
    )


def label_statements() -> list[Statement]:
    """The text that features are labelled on: training statements (a sample of the sums), and some random ones."""
    draw = random.Random(5)
    trained_on = [statement for statement in fixed_statements() if not statement.held_out]
    additions = [statement for statement in trained_on if statement.task is Task.ADDITION]
    return [
        *(statement for statement in trained_on if statement.task is not Task.ADDITION),
        *draw.sample(additions, 1500),
        *(indirect_object(draw) for _ in range(400)),
        *(induction(draw) for _ in range(400)),
    ]


@dataclass(frozen=True)
class MlpStreams:
    """Every MLP's inputs and outputs at every prefix, both (n_layers, n_prefixes, d_model)."""

    inputs: Tensor
    outputs: Tensor


@torch.no_grad()
def mlp_streams(model: LlamaForCausalLM, prefixes: Prefixes, batch_size: int = 256) -> MlpStreams:
    """Run the model over all rows and keep the MLPs' inputs and outputs, one vector for each prefix and layer."""
    layers = model.model.layers
    shape = (len(layers), len(prefixes), model.config.hidden_size)
    streams = MlpStreams(torch.zeros(shape), torch.zeros(shape))
    seen: dict[int, tuple[Tensor, Tensor]] = {}

    def keep(layer: int) -> object:
        def hook(_module: object, inputs: tuple[Tensor], output: Tensor) -> None:
            seen[layer] = (inputs[0], output)

        return hook

    handles = [layer.mlp.register_forward_hook(keep(index)) for index, layer in enumerate(layers)]
    try:
        # Rows of similar length together; prefixes_of lists, for each row, the prefixes first seen in it.
        by_length = sorted(range(len(prefixes.rows)), key=lambda index: len(prefixes.rows[index]))
        prefixes_of: dict[int, list[int]] = {}
        for prefix, index in enumerate(prefixes.row.tolist()):
            prefixes_of.setdefault(index, []).append(prefix)
        for start in range(0, len(by_length), batch_size):
            chunk = by_length[start : start + batch_size]
            model.model(input_ids=padded_ids([prefixes.rows[index] for index in chunk]))
            numbers = [prefix for index in chunk for prefix in prefixes_of.get(index, [])]
            in_chunk = [place for place, index in enumerate(chunk) for _ in prefixes_of.get(index, [])]
            target = torch.tensor(numbers, dtype=torch.long)
            place = torch.tensor(in_chunk, dtype=torch.long)
            for layer, (inputs, outputs) in seen.items():
                streams.inputs[layer, target] = inputs[place, prefixes.position[target]]
                streams.outputs[layer, target] = outputs[place, prefixes.position[target]]
    finally:
        for handle in handles:
            handle.remove()
    return streams
