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


def display_label(graph: AttributionGraph, node: int) -> str | None:
    """For a feature node the graph's own label, else its Feature's best explanation; else None."""
    nodes = graph.nodes
    if nodes.kind[node] != NodeKind.FEATURE:
        return nodes.label[node]
    best = best_explanation(graph.explanations.get((int(nodes.layer[node]), int(nodes.index[node])), []))
    return nodes.label[node] or (best.text if best else None)


def display_labels(graph: AttributionGraph) -> list[str | None]:
    """(n_nodes,) the label of each node: see `display_label`."""
    return [display_label(graph, node) for node in range(len(graph.nodes))]
