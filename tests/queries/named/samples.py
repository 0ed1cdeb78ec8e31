"""Small random graphs that share features, tokens and explanations, as the named queries need them."""

from dataclasses import replace

import numpy as np

from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import Explanation, FeatureId
from tests.support.graphs import Weights, make_graph

KINDS = "EEEEFFFFFFFFFFFFXXXLLL"
EMBEDDING_TOKENS = (" Dallas", "Dallas", " of", " is")
LOGIT_TOKENS = (" Austin", "Austin", " Texas")
WORDS = ("Texas", "a state of the south", "say Austin", "capitals")


def sample_graph(seed: int) -> AttributionGraph:
    """22 nodes, some 150 edges, and few features, so that graphs share them and some fire at several positions."""
    random = np.random.default_rng(seed)
    features = [node for node, kind in enumerate(KINDS) if kind == "F"]
    weights: Weights = {}
    for b, kind in enumerate(KINDS):
        for a, other in enumerate(KINDS):
            comes_before = other in "EX" or (other == "F" and (kind == "L" or a < b))
            if kind in "FL" and comes_before and random.random() < 0.6:
                weights[a, b] = float(random.normal())
    graph = make_graph(
        KINDS,
        weights,
        labels={node: str(random.choice(WORDS)) for node in features if random.random() < 0.3},
        probability=dict(zip(range(19, 22), random.permutation([0.5, 0.25, 0.125]).tolist(), strict=True)),
        id=f"sample-{seed}",
        name=f"sample {seed}",
        prompt=f"prompt {seed}",
        replacement_score=None if seed % 2 else float(random.random()),
        pruned_replacement_score=float(random.random()),
    )
    nodes = graph.nodes
    layer, index, position = nodes.layer.copy(), nodes.index.copy(), nodes.position.copy()
    for rank, node in enumerate(features):
        layer[node], index[node], position[node] = rank // 3, random.integers(3), rank
    nodes = replace(
        nodes,
        layer=layer,
        index=index,
        position=position,
        token=[*EMBEDDING_TOKENS, *nodes.token[4:19], *LOGIT_TOKENS],
        node_influence=random.random(len(KINDS)),
        activation=np.where([kind == "F" for kind in KINDS], random.random(len(KINDS)), np.nan),
    )
    explained: dict[FeatureId, list[Explanation]] = {
        (int(layer[node]), int(index[node])): [
            Explanation(f"{WORDS[int(index[node])]} of layer {layer[node]}", "model", "auto", 0.5),
            Explanation("capitals", "ada", "person"),
        ][: 1 + int(index[node]) % 2]
        for node in features
        if index[node] < 2
    }
    return replace(graph, nodes=nodes, explanations=explained)
