"""Internals of any graph."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.internals.records import (
    STATISTICS,
    HeadEdges,
    HeadLinks,
    Heads,
    Internals,
    InternalsParameters,
    InternalsRecord,
)

N_LAYERS, N_HEADS = 2, 3


def internals_of(graph: AttributionGraph, id: str = "first", seed: int = 0) -> Internals:
    """Some, with a link of every kind of node, and figures that are not known."""
    draw = np.random.default_rng(seed)
    n = N_LAYERS * N_HEADS
    statistics = {name: draw.normal(size=n) for name in STATISTICS}
    statistics["ablation"][:] = np.nan
    kinds = graph.nodes.kind
    read = np.flatnonzero(kinds != NodeKind.LOGIT).astype(np.int32)
    written = np.flatnonzero(np.isin(kinds, (NodeKind.FEATURE, NodeKind.LOGIT))).astype(np.int32)

    def links(nodes: Any) -> HeadLinks:
        pairs = [(node, head) for node in nodes.tolist() for head in (0, 4)]
        weight = draw.normal(size=len(pairs))
        return HeadLinks(
            np.array([node for node, _ in pairs], dtype=np.int32),
            np.array([head for _, head in pairs], dtype=np.int32),
            weight,
            abs(weight) + 0.5,
        )

    parts = draw.normal(size=(3, 2))
    weight = parts.sum(axis=0)
    order = np.argsort(-abs(weight))
    return Internals(
        InternalsRecord(
            id=id,
            graph_id=graph.record.id,
            parameters=InternalsParameters(target=" b", top_edges=2),
            model="a/model",
            model_revision="r@1",
            dtype="float32",
            n_layers=N_LAYERS,
            n_heads=N_HEADS,
            target=" b",
            foil=None,
            errors={"logits": 3e-7},
            missing={"flow": "Its experts switch."},
            versions={"torch": "2"},
            created_at=datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC),
        ),
        Heads(statistics, draw.normal(size=n), draw.normal(size=n), seed=7),
        links(read),
        links(written),
        HeadEdges(
            np.array([0, 2], dtype=np.int32)[order],
            np.array([4, 5], dtype=np.int32)[order],
            weight[order],
            *(part[order] for part in parts),
        ),
    )


def many_links_of(graph: AttributionGraph, id: str = "first", seed: int = 0) -> Internals:
    """As a large model has them: each of 208 heads reads every node, and writes to every one that has inputs."""
    sample, draw = internals_of(graph, id, seed), np.random.default_rng(seed)
    n_layers, n_heads = 26, 8
    n, kinds = n_layers * n_heads, graph.nodes.kind

    def links(nodes: Any) -> HeadLinks:
        weight = draw.normal(size=len(nodes) * n)
        heads = np.tile(np.arange(n, dtype=np.int32), len(nodes))
        return HeadLinks(np.repeat(nodes, n).astype(np.int32), heads, weight, abs(weight))

    return Internals(
        sample.record.model_copy(update={"n_layers": n_layers, "n_heads": n_heads}),
        Heads(
            {name: draw.normal(size=n) for name in STATISTICS},
            draw.normal(size=n),
            draw.normal(size=n),
            seed=7,
        ),
        links(np.flatnonzero(kinds != NodeKind.LOGIT)),
        links(np.flatnonzero(np.isin(kinds, (NodeKind.FEATURE, NodeKind.LOGIT)))),
        sample.fed,
    )
