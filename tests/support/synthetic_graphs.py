"""Seeded attribution graphs of any size, shaped like traced ones: layers, hubs, and features that graphs share."""

from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

import numpy as np

from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind, Nodes
from queries.graph.features import Explanation, FeatureId
from queries.graph.influence import normalise
from queries.graph.records import GraphRecord, Prediction


class Size(NamedTuple):
    nodes: int
    edges: int

    def __str__(self) -> str:
        return f"{self.nodes:,} nodes, {self.edges:,} edges"


SMALL = Size(320, 3_500)
"""A pruned graph of a prompt of ten tokens."""
SIZES = (Size(700, 9_000), Size(2_000, 60_000), Size(5_000, 300_000))

N_LAYERS = 26
MOST_PAIRED = 10_000
"""Nodes of which all pairs fit into memory."""
N_LOGITS = 10
ERROR_SHARE = 0.22
"""Of the nodes that are neither embeddings nor logits."""
FEATURE_POOL = 5_000
"""Features that the graphs draw theirs from, the first ones far more often than the last."""
DEGREE_SKEW = 1.2
"""Exponent of the Pareto distribution of how popular a node is as an end of edges, cut at `MOST_POPULAR`."""
MOST_POPULAR = 60.0

Generator: TypeAlias = np.random.Generator


def synthetic_graph(size: Size, seed: int) -> AttributionGraph:
    """The same graph for the same size and seed; another id and other content for another seed."""
    random = np.random.default_rng(seed)
    n_tokens = 10 if size.nodes < 500 else 24
    kind, layer, position, index = _identities(random, size.nodes, n_tokens)
    source, target = _ends(random, size.edges, kind, layer, position)
    weight = random.choice((1.0, 1.0, 1.0, -1.0), size.edges) * random.lognormal(-1.0, 1.2, size.edges)
    share, input_total = normalise(size.nodes, target, weight)
    is_feature, is_logit = kind == NodeKind.FEATURE, kind == NodeKind.LOGIT
    chance = 0.5 ** (1.0 + np.cumsum(is_logit) - is_logit)
    tokens = [f" token{at}" for at in range(n_tokens)]
    nodes = Nodes.of_columns(
        kind=kind,
        layer=layer,
        position=position,
        index=index,
        token=[
            tokens[position[at]] if one == NodeKind.EMBEDDING else f" next{at}" if is_logit[at] else None
            for at, one in enumerate(kind.tolist())
        ],
        label=[None] * size.nodes,
        activation=np.where(is_feature, random.lognormal(1.0, 1.0, size.nodes), np.nan),
        probability=np.where(is_logit, chance, np.nan),
        is_target_logit=is_logit & (chance == 0.5),
        node_influence=random.random(size.nodes),
        cumulative_influence=random.random(size.nodes),
        input_total=input_total,
    )
    record = GraphRecord(
        id=f"synthetic-{size.nodes}-{size.edges}-{seed}",
        name=f"synthetic {seed}",
        origin="import",
        prompt="".join(tokens),
        tokens=tokens,
        model="synthetic",
        transcoder_set="synthetic",
        n_layers=N_LAYERS,
        share_basis="file",
        prediction=Prediction(token=" next", probability=0.5),
        **{f"n_{one.word}_nodes": int((kind == one).sum()) for one in NodeKind},
        n_labelled_nodes=0,
        n_edges=size.edges,
        created_at=datetime.fromtimestamp(1_750_000_000 + seed, UTC),
    )
    graph = AttributionGraph(record, nodes, Edges(source, target, weight, share))
    return graph.with_explanations(_explanations(nodes))


def _identities(
    random: Generator, n_nodes: int, n_tokens: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int8]], Ints, Ints, Ints]:
    """Kind, layer, position and index (n_nodes,): embeddings, features, errors, logits, each by layer."""
    inner = n_nodes - n_tokens - N_LOGITS
    n_errors = min(round(ERROR_SHARE * inner), N_LAYERS * n_tokens)
    popularity = np.repeat(1.0 / (10.0 + np.arange(FEATURE_POOL)), n_tokens)
    features = _draw(random, popularity, inner - n_errors)
    features = features[np.argsort(features // n_tokens % N_LAYERS, kind="stable")]
    number = features // n_tokens
    errors = np.sort(_draw(random, np.ones(N_LAYERS * n_tokens), n_errors))
    kind = np.repeat(np.arange(4, dtype=np.int8), (n_tokens, len(features), n_errors, N_LOGITS))
    last = np.full(N_LOGITS, n_tokens - 1)
    layer = (
        np.full(n_tokens, -1),
        number % N_LAYERS,
        errors // n_tokens,
        np.full(N_LOGITS, N_LAYERS),
    )
    position = (np.arange(n_tokens), features % n_tokens, errors % n_tokens, last)
    index = (1 + np.arange(n_tokens), number, np.zeros(n_errors, np.int64), np.arange(N_LOGITS))
    return kind, np.concatenate(layer), np.concatenate(position), np.concatenate(index)


def _ends(
    random: Generator,
    n_edges: int,
    kind: np.ndarray[tuple[int], np.dtype[np.int8]],
    layer: Ints,
    position: Ints,
) -> tuple[Ints, Ints]:
    """Source and target (n_edges,), ordered by target, then source: upwards in layers, onwards in positions."""
    popularity = np.minimum(1.0 + random.pareto(DEGREE_SKEW, len(kind)), MOST_POPULAR)
    has_inputs = (kind == NodeKind.FEATURE) | (kind == NodeKind.LOGIT)
    if len(kind) > MOST_PAIRED:
        return _ends_of_many(random, n_edges, popularity, has_inputs, layer, position)
    allowed = has_inputs[:, None] & (layer[:, None] > layer) & (position[:, None] >= position)
    pairs = np.flatnonzero(allowed)  # target * n_nodes + source
    target, source = np.divmod(pairs, len(kind))
    chosen = np.sort(_draw(random, popularity[source] * popularity[target], n_edges))
    return source[chosen], target[chosen]


def _ends_of_many(
    random: Generator,
    n_edges: int,
    popularity: Floats,
    has_inputs: np.ndarray[tuple[int], np.dtype[np.bool_]],
    layer: Ints,
    position: Ints,
) -> tuple[Ints, Ints]:
    """As `_ends`, pair by pair: among very many nodes, few pairs are drawn twice."""
    n_nodes, chance = len(layer), popularity / popularity.sum()
    found = np.zeros(0, np.int64)
    while len(found) < n_edges:
        source, target = random.choice(n_nodes, (2, 2 * n_edges), p=chance)
        allowed = (
            has_inputs[target] & (layer[target] > layer[source]) & (position[target] >= position[source])
        )
        found = np.unique(np.concatenate([found, target[allowed] * n_nodes + source[allowed]]))
    target, source = np.divmod(np.sort(random.permutation(found)[:n_edges]), n_nodes)
    return source, target


def _draw(random: Generator, popularity: Floats, n: int) -> Ints:
    """`n` different places of `popularity`, each as likely as it says."""
    # The n soonest of independent exponential waits are exactly n draws without replacement.
    waits = random.standard_exponential(len(popularity)) / popularity
    return np.argpartition(waits, n - 1)[:n]


def _explanations(nodes: Nodes) -> dict[FeatureId, list[Explanation]]:
    """One of every feature, the same in whatever graph it appears."""
    features = nodes.of_kind(NodeKind.FEATURE)
    ids = zip(nodes.layer[features].tolist(), nodes.index[features].tolist(), strict=True)
    return {
        (layer, index): [Explanation(f"what feature {index} of layer {layer} means", "bench", "auto")]
        for layer, index in ids
    }
