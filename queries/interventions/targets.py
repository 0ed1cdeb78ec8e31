"""The logits of a graph that effects are told of."""

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.interventions import Predicted, TargetLogit
from queries.interventions.changes import Resolved, factors_of
from queries.interventions.predictions import predict
from queries.paths.space import choose_target


def logits_of(graph: AttributionGraph) -> list[int]:
    """The logit nodes (ordinals), the target of paths first, then by probability.

    Raises InvalidRequest for a graph whose targets are directions.
    """
    if graph.record.target_kind == "directions":
        raise InvalidRequest(
            "graph", "its targets are directions, and interventions are told in the logits of tokens"
        )
    nodes = graph.nodes
    first = choose_target(nodes)
    chances = np.nan_to_num(nodes.probability, nan=-1.0)
    others = sorted(
        (node for node in nodes.of_kind(NodeKind.LOGIT).tolist() if node != first),
        key=lambda node: (-chances[node], node),
    )
    return [first, *others]


def named_targets(graph: AttributionGraph, logits: list[int]) -> list[TargetLogit]:
    keys = graph.nodes.keys(graph.record.id, np.array(logits))
    return [
        TargetLogit(key=key, token=graph.nodes.token[node] or "")
        for key, node in zip(keys, logits, strict=True)
    ]


def predicted(graph: AttributionGraph, changes: list[Resolved]) -> Predicted:
    """What the graph predicts of the changes, from those that have nodes in it. Raises InvalidRequest."""
    logits = logits_of(graph)
    change = predict(graph, factors_of(changes))
    return Predicted(
        targets=named_targets(graph, logits),
        effects=change[logits].tolist(),
        n_unpredicted=sum(one.node is None for one in changes),
    )
