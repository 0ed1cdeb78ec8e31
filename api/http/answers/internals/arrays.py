"""Arrays of a prompt's internals: patterns of heads, logits by component, information flow, edges between heads."""

from typing import Literal, TypeAlias, get_args

import numpy as np
from pydantic import Field

from api.http.answers.internals.numbers import Numbers, numbers, small_numbers
from api.internals import Array, PromptInternals, Shelf
from queries.graph.records import Record
from queries.internals.asked import check_head
from queries.internals.heads import Head, head_name
from queries.internals.lines import query_lines

Kind: TypeAlias = Literal["standard", "value-weighted", "info-weighted", "logit"]
"""A pattern A[q, k]; weighted by |v| or |v W_O| of the key; or what the head moves from key to query in the direction
of a logit."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Measure: TypeAlias = Literal["norm", "signed"]


class LinesAnswer(Record):
    """What a query sees of its keys 0 … query, channel by channel."""

    query: int
    q: Numbers = Field(description="(d_head,)")
    k: Numbers = Field(description="(n_keys, d_head)")
    products: Numbers = Field(description="(n_keys, d_head), q * k")
    dot: Numbers = Field(description="(n_keys,), q . k")
    score: Numbers = Field(description="(n_keys,), what softmax received; -inf where a window masks it")
    pattern: Numbers = Field(description="(n_keys,)")


class HeadAnswer(Record):
    """One head on the prompt. Rows are queries, columns keys."""

    layer: int
    head: int
    kind: Kind
    pattern: Numbers = Field(description="(n, n)")
    value_norm: Numbers | None = Field(description="(n,), |v| of each key")
    info_norm: Numbers | None = Field(description="(n,), |v W_O| of each key")
    lines: LinesAnswer | None = Field(description="Where a query was named")


class LayerAnswer(Record):
    """All heads of a layer, in 8 bits: a grid of pictures."""

    layer: int
    kind: Kind
    patterns: Numbers = Field(description="(n_heads, n, n)")


class ComponentsAnswer(Record):
    """Logits as sums of components, at every position. The sum of all rows is the logit."""

    names: list[str] = Field(
        description="embedding, positions, heads as 10.7, MLPs, biases, in the model's order"
    )
    values: Numbers = Field(description="(n_components, n)")
    logit: Numbers = Field(description="(n,), before any cap")
    towards: list[str] = Field(description="What the logit is of, at each position")
    error: float = Field(description="The largest error of a sum, as a share of its components' sizes")


class InformationFlowAnswer(Record):
    """How much of the residual stream at each place came from each token. The last column is the model's biases."""

    measure: Measure = Field(
        description="norm: |c| of each contribution; signed: its part of the stream, whose sum is 1"
    )
    layers: list[int]
    values: Numbers = Field(description="(n_layers, 2, n, n + 1): after attention, and after the MLP")


class HeadEdgeAnswer(Record):
    source_layer: int
    source_head: int
    target_layer: int
    target_head: int
    weight: float
    query: float
    key: float
    value: float


class HeadEdgesAnswer(Record):
    """Attribution from heads to later heads, the largest |weight| first."""

    whole: bool = Field(
        description="Whether edges between all heads were computed, not only among the strongest"
    )
    edges: list[HeadEdgeAnswer]


def head(
    shelf: Shelf,
    found: PromptInternals,
    layer: int,
    number: int,
    kind: Kind,
    query: int | None,
    without_first: bool,
) -> HeadAnswer:
    check_head(found.record.n_layers, found.record.n_heads, layer, number)
    pattern = shelf.patterns(found, layer, kind, without_first=without_first)[number]
    norms = {
        name: numbers(found.array("attention", name)[layer, number]) if name in found else None
        for name in ("value_norm", "info_norm")
    }
    lines = None
    if query is not None:
        q, k, score = (
            found.array("attention", f"{name}/{layer}")[number].astype(np.float32)
            for name in ("q", "k", "score")
        )
        seen = query_lines(query, q, k, score, pattern)
        lines = LinesAnswer(query=query, **{name: numbers(each) for name, each in seen._asdict().items()})
    return HeadAnswer(layer=layer, head=number, kind=kind, pattern=numbers(pattern), lines=lines, **norms)


def layer(shelf: Shelf, found: PromptInternals, number: int, kind: Kind, without_first: bool) -> LayerAnswer:
    check_head(found.record.n_layers, found.record.n_heads, number, 0)
    patterns = shelf.patterns(found, number, kind, without_first=without_first)
    return LayerAnswer(layer=number, kind=kind, patterns=small_numbers(patterns))


def components(found: PromptInternals) -> ComponentsAnswer:
    def of(name: str) -> Array:
        return found.array("logits", name)

    names, rows = ["embedding", "positions"], [of("embedding"), of("positional")]
    heads, biases, mlps = of("component_heads"), of("attention_bias"), of("mlp")
    for number, of_heads in enumerate(heads):
        names += [head_name(Head(number, each)) for each in range(len(of_heads))]
        names += [f"attention bias {number}", f"MLP {number}"]
        rows += [*of_heads, biases[number], mlps[number]]
    return ComponentsAnswer(
        names=[*names, "final biases"],
        values=numbers(np.stack([*rows, of("final")])),
        logit=numbers(of("logit")),
        towards=found.findings.attributed or [],
        error=found.record.errors["logits"],
    )


def flow(found: PromptInternals, measure: Measure, number: int | None) -> InformationFlowAnswer:
    values = found.array("flow", f"flow_{measure}")
    if number is not None:
        check_head(found.record.n_layers, found.record.n_heads, number, 0)
    layers = list(range(len(values))) if number is None else [number]
    return InformationFlowAnswer(measure=measure, layers=layers, values=numbers(values[layers]))


def head_edges(found: PromptInternals, limit: int) -> HeadEdgesAnswer:
    heads, weight = found.array("heads", "edge_heads"), found.array("heads", "head_edges")
    total = weight.sum(axis=0, dtype=np.float64)
    order = [
        at for at in np.argsort(-np.abs(total), axis=None, kind="stable")[:limit] if total.flat[at] != 0.0
    ]
    edges = []
    for at in order:
        source, target = divmod(int(at), len(heads))
        query, key, value = weight[:, source, target].tolist()
        edges.append(
            HeadEdgeAnswer(
                source_layer=int(heads[source, 0]),
                source_head=int(heads[source, 1]),
                target_layer=int(heads[target, 0]),
                target_head=int(heads[target, 1]),
                weight=float(total[source, target]),
                query=query,
                key=key,
                value=value,
            )
        )
    return HeadEdgesAnswer(whole=len(heads) == found.record.n_layers * found.record.n_heads, edges=edges)
