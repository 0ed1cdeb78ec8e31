"""Which words a feature node is shown and grouped by: one rule for every reader."""

from queries.graph import AttributionGraph, Explanation, NodeKind

PERSON = "person"
"""The `type` of an explanation that a person wrote."""


def ranked_explanations(explanations: list[Explanation]) -> list[Explanation]:
    """Best first: a person's own wins, then the best scored, then the newest."""
    return sorted(
        explanations,
        key=lambda one: (
            one.type == PERSON,
            -1.0 if one.score is None else one.score,
            one.created_at.timestamp() if one.created_at else 0.0,
            one.text,
        ),
        reverse=True,
    )


def best_explanation(explanations: list[Explanation]) -> Explanation | None:
    return next(iter(ranked_explanations(explanations)), None)


def display_labels(graph: AttributionGraph) -> list[str | None]:
    """(n_nodes,) for a feature node the graph's own label, else its Feature's best explanation; else None. To be had as
    `graph.labels`."""
    nodes = graph.nodes
    best = {
        feature: one.text for feature, said in graph.explanations.items() if (one := best_explanation(said))
    }
    columns = (nodes.kind.tolist(), nodes.label, nodes.layer.tolist(), nodes.index.tolist())
    return [
        (own or best.get((layer, index))) if kind == NodeKind.FEATURE else own
        for kind, own, layer, index in zip(*columns, strict=True)
    ]
