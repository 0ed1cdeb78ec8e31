"""What a stored graph predicts of changes to its features: its own arithmetic, without the model.

Attention patterns and the scales of norms stay as they were, and every active feature answers linearly to its inputs:
the assumptions of an attribution graph.
"""

from collections.abc import Collection, Mapping

import numpy as np

from queries.errors import InvalidRequest
from queries.graph.arrays import Bools, Floats
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.paths.scores import SCORES


def predict(graph: AttributionGraph, factors: Mapping[int, float], held: Collection[int] = ()) -> Floats:
    """(n_nodes,) the change of each node when the feature nodes of `factors` are set to that multiple of their
    activation, and the nodes `held` to their own.

    Of a logit, in logits over the vocabulary's mean, the unit of `contribution`. Of a feature node, as a share of its
    activation: -1 switches it off. One pass over the edges, from the changed nodes up, gives all of them.

    Raises InvalidRequest where the graph lacks activations.
    """
    nodes = graph.nodes
    is_logit: Bools = nodes.kind == NodeKind.LOGIT
    change = np.zeros(len(nodes))
    stopped = np.zeros(len(nodes), dtype=np.bool_)
    for node, factor in factors.items():
        change[node] = factor - 1.0
        stopped[node] = True
    stopped[list(held)] = True
    change[list(held)] = 0.0
    try:
        effect = SCORES["contribution"].factors(graph, is_logit)
    except InvalidRequest as error:
        raise InvalidRequest("graph", f"nothing can be predicted: {error.why}") from None
    found: Floats = graph.acyclic.sum_from(change, effect, ~stopped)[:, 0]
    return found


def change_of(graph: AttributionGraph, change: Floats, nodes: Collection[int]) -> float:
    """The change of a group of feature nodes, in the units of their activations, from `predict`'s."""
    chosen = list(nodes)
    return float(graph.nodes.activation[chosen] @ change[chosen])


def mediated(
    graph: AttributionGraph, factors: Mapping[int, float], through: Collection[int], target: int
) -> float:
    """The part of the predicted change of the logit `target` that goes through the nodes of a group: the change, less
    what is left of it while the group is held."""
    whole = predict(graph, factors)[target]
    return float(whole - predict(graph, factors, set(through) - factors.keys())[target])
