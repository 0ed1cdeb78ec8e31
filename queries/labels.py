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
    """(n_nodes,) for feature nodes the graph's own label, else their Feature's best explanation; else None."""
    best = {feature: best_explanation(several) for feature, several in graph.explanations.items()}
    nodes = graph.nodes
    labels: list[str | None] = []
    for kind, layer, index, label in zip(
        nodes.kind.tolist(), nodes.layer.tolist(), nodes.index.tolist(), nodes.label, strict=True
    ):
        explanation = best.get((layer, index)) if kind == NodeKind.FEATURE else None
        labels.append(label or (explanation.text if explanation else None))
    return labels
