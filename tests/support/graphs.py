"""Attribution graphs to test with: small ones built by hand or at random, and the real ones beside the repository."""

from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from ingest.graph_file.read import read_graph_file
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import (
    AttributionGraph,
    Edges,
    NodeKind,
    Nodes,
    Supernode,
    file_view,
)
from queries.graph.features import Explanation, FeatureId
from queries.graph.influence import normalise
from queries.graph.records import GraphRecord, Prediction

SHARED_GRAPHS = Path(__file__).parents[3] / "shared" / "graphs"
REAL_GRAPHS = (
    "dallas",
    "dallas-grouped",
    "oakland",
    "oakland-grouped",
    "opposite-of-small",
    "contraire-de-petit",
)
LABELLED_GRAPHS = ("dallas-grouped", "oakland-grouped")
UNLABELLED_GRAPHS = tuple(name for name in REAL_GRAPHS if name not in LABELLED_GRAPHS)

KIND_OF_LETTER = {
    "E": NodeKind.EMBEDDING,
    "F": NodeKind.FEATURE,
    "X": NodeKind.ERROR,
    "L": NodeKind.LOGIT,
}
N_LAYERS = 40

Weights = dict[tuple[int, int], float]
"""The weight of each edge, by the ordinals of its source and target."""


def real_graph_file(name: str) -> Path:
    """One of `REAL_GRAPHS`. Skips the test where the reference graphs are not beside the repository."""
    path = SHARED_GRAPHS / f"gemma-2-2b-{name}.json"
    if not path.is_file():
        pytest.skip(f"the reference graphs are not there: {path}")
    return path


@lru_cache
def real_graph(name: str) -> AttributionGraph:
    return read_graph_file(real_graph_file(name).read_bytes())


def make_graph(
    kinds: str,
    weights: Weights,
    *,
    labels: dict[int, str] | None = None,
    probability: dict[int, float] | None = None,
    target_logit: int | None = None,
    unstored: dict[int, float] | None = None,
    explanations: dict[FeatureId, list[Explanation]] | None = None,
    **record: Any,
) -> AttributionGraph:
    """A graph whose nodes are the letters of `kinds` (E, F, X for errors, L), features in an order of their edges.

    Feature nodes are feature (layer = their rank, index = their ordinal). Logits are equally probable unless
    `probability` says otherwise. `unstored` is the |weight| into a node that pruning dropped: with it, or with
    `share_basis="trace"`, the graph is one of a trace.
    """
    n = len(kinds)
    kind = np.array([KIND_OF_LETTER[letter] for letter in kinds], dtype=np.int8)
    pairs = sorted(weights, key=lambda pair: (pair[1], pair[0]))
    source = np.array([a for a, _ in pairs], dtype=np.int64)
    target = np.array([b for _, b in pairs], dtype=np.int64)
    weight = np.array([weights[pair] for pair in pairs], dtype=np.float64)
    _, input_total = normalise(n, target, weight)
    for node, dropped in (unstored or {}).items():
        input_total[node] += dropped
    layer = np.full(n, -1)
    layer[kind == NodeKind.FEATURE] = np.arange(kinds.count("F"))
    layer[kind == NodeKind.ERROR] = np.arange(kinds.count("X"))
    layer[kind == NodeKind.LOGIT] = N_LAYERS
    is_logit = kind == NodeKind.LOGIT
    chances = np.where(is_logit, 1.0 / max(1, int(is_logit.sum())), np.nan)
    for node, chance in (probability or {}).items():
        chances[node] = chance
    nodes = Nodes.of_columns(
        kind=kind,
        layer=layer,
        position=np.where(kind == NodeKind.EMBEDDING, np.arange(n), 0),
        index=np.where(kind == NodeKind.ERROR, 0, np.arange(n)),
        token=[f"token {node}" if letter in "EL" else None for node, letter in enumerate(kinds)],
        label=[(labels or {}).get(node) for node in range(n)],
        activation=np.where(kind == NodeKind.FEATURE, (1 + np.arange(n)) / 4, np.nan),
        probability=chances,
        is_target_logit=np.arange(n) == target_logit,
        node_influence=np.arange(n) / 8,
        cumulative_influence=np.linspace(1.0, 0.0, n) if n else np.zeros(0),
        input_total=input_total,
    )
    edges = Edges(source, target, weight, np.abs(weight) / input_total[target])
    values: dict[str, Any] = {
        "id": "graph",
        "name": "a graph",
        "origin": "import",
        "prompt": "a prompt",
        "tokens": [f"token {node}" for node, letter in enumerate(kinds) if letter == "E"],
        "model": "model",
        "transcoder_set": "set",
        "n_layers": N_LAYERS,
        "share_basis": "file" if unstored is None else "trace",
        "prediction": Prediction(token="x", probability=0.5),
        **{f"n_{one.word}_nodes": kinds.count(letter) for letter, one in KIND_OF_LETTER.items()},
        "n_labelled_nodes": sum(kinds[node] == "F" for node in labels or {}),
        "n_edges": len(edges),
        "created_at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
    }
    graph = AttributionGraph(GraphRecord(**{**values, **record}), nodes, edges)
    return graph.with_explanations(explanations) if explanations else graph


def with_features(graph: AttributionGraph, features: list[FeatureId]) -> AttributionGraph:
    """The graph with its feature nodes turned into nodes of `features`, each at a position of its own."""
    nodes, ordinals = graph.nodes, graph.nodes.of_kind(NodeKind.FEATURE)
    layer, index, position = nodes.layer.copy(), nodes.index.copy(), nodes.position.copy()
    layer[ordinals], index[ordinals] = np.array(features or np.empty((0, 2))).T
    position[ordinals] = np.arange(len(ordinals))[::-1]
    return replace(graph, nodes=replace(nodes, layer=layer, index=index, position=position))


def with_supernodes(graph: AttributionGraph, *supernodes: Supernode) -> AttributionGraph:
    """The graph with these supernodes, and nothing else, in its file's view."""
    return replace(graph, views=file_view([], supernodes))


def deep_graph(seed: int, equal: bool = False) -> AttributionGraph:
    """981 nodes and 11,640 edges: 20 tokens, 48 layers of 20 features that read 12 nodes of the three layers below, and
    a logit that reads 120. With `equal` all weights are 1, else random and positive."""
    random, width, n = np.random.default_rng(seed), 20, 980
    inputs = {
        node: random.choice(
            np.arange(max(0, node // width - 3) * width, node // width * width), 12, replace=False
        )
        for node in range(width, n)
    } | {n: np.arange(n - 120, n)}
    weights = {
        (a, node): 1.0 if equal else random.lognormal(-1.0, 1.2)
        for node, read in inputs.items()
        for a in read.tolist()
    }
    return make_graph("E" * width + "F" * (n - width) + "L", weights)


WEIGHTS = st.floats(0.01, 4.0).map(lambda w: round(w, 3)) | st.sampled_from([1.0, 1.0, 2.0, 1e-30])


@st.composite
def graphs(draw: st.DrawFn, max_features: int = 6, labels: tuple[str, ...] = ()) -> AttributionGraph:
    """Random acyclic graphs, equal and very small weights and unreachable nodes among them."""
    n_embeddings, n_features = draw(st.integers(1, 3)), draw(st.integers(0, max_features))
    n_errors, n_logits = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    kinds = "E" * n_embeddings + "F" * n_features + "X" * n_errors + "L" * n_logits
    density = draw(st.sampled_from([0.3, 0.7, 1.0]))
    weights: Weights = {}
    for b, letter in enumerate(kinds):
        if letter not in "FL":
            continue
        for a, other in enumerate(kinds):
            if other in "EX" or (other == "F" and (letter == "L" or a < b)):
                if draw(st.floats(0, 1)) > density:
                    continue
                weights[a, b] = draw(WEIGHTS) * draw(st.sampled_from([1, -1]))
    features = [node for node, letter in enumerate(kinds) if letter == "F"]
    named = {
        node: label for node in features if labels and (label := draw(st.sampled_from(["", *labels]))) != ""
    }
    into = {b for _, b in weights}
    unstored = (
        draw(st.none() | st.dictionaries(st.sampled_from(sorted(into)), st.floats(0.1, 3.0)))
        if into
        else None
    )
    return make_graph(kinds, weights, labels=named, unstored=unstored)


class BrutePath(NamedTuple):
    score: float
    nodes: tuple[int, ...]
    edges: tuple[int, ...]


def all_paths(
    graph: AttributionGraph,
    target: int,
    max_length: int | None = None,
    sources: Container[int] | None = None,
) -> Iterator[BrutePath]:
    """Every path of one edge or more from an embedding (or one of `sources`) to `target` through feature nodes.

    Found by walking back, without any pass; scored by influence.
    """
    kind = graph.nodes.kind.tolist()
    if sources is None:
        sources = set(graph.nodes.of_kind(NodeKind.EMBEDDING).tolist())
    inputs: dict[int, list[tuple[int, int, float]]] = {}
    columns = (graph.edges.source.tolist(), graph.edges.target.tolist(), graph.edges.share.tolist())
    for edge, (a, b, share) in enumerate(zip(*columns, strict=True)):
        inputs.setdefault(b, []).append((edge, a, share))
    walks: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = [(1.0, (target,), ())]
    while walks:
        score, nodes, edges = walks.pop()
        if edges and nodes[0] in sources:
            yield BrutePath(score, nodes, edges)
        passable = not edges or kind[nodes[0]] == NodeKind.FEATURE
        if passable and (max_length is None or len(edges) < max_length):
            walks += [
                (share * score, (a, *nodes), (edge, *edges)) for edge, a, share in inputs.get(nodes[0], [])
            ]


def matching(
    graph: AttributionGraph, target: int, min_length: int, max_length: int | None
) -> list[BrutePath]:
    """The paths of an allowed length, best first."""
    return sorted(
        (path for path in all_paths(graph, target, max_length) if len(path.edges) >= min_length),
        key=lambda path: -path.score,
    )


def share_matrix(graph: AttributionGraph, into: Callable[[int], bool] = lambda _: True) -> Floats:
    """(n_nodes, n_nodes) shares, row = target, column = source, of the edges whose target is asked for."""
    matrix = np.zeros((len(graph.nodes), len(graph.nodes)))
    for a, b, share in zip(graph.edges.source, graph.edges.target, graph.edges.share, strict=True):
        if into(int(b)):
            matrix[b, a] = share
    return matrix
