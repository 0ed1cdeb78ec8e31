"""Small random graphs that share features, tokens and explanations, as the named queries need them."""

from dataclasses import replace

import numpy as np

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import Explanation, FeatureId
from queries.graph.interventions import Intervention, Verification
from queries.internals.records import Internals
from tests.queries.internals.samples import internals_of
from tests.queries.interventions.samples import faithfulness, intervention, verification
from tests.support.graphs import Weights, make_graph


def interventions_on(graph: AttributionGraph, number: int) -> list[Intervention]:
    """Two that change the graph's first features, and its first alone; the effects of each are its own."""
    nodes, graph_id = graph.nodes, graph.record.id
    keys = nodes.keys(graph_id, nodes.of_kind(NodeKind.FEATURE)[:3])
    found = []
    for at, chosen in enumerate((keys, keys[:1])):
        one = intervention(graph_id, chosen, id=f"{graph_id}-{at}")
        effect = (at - 0.5) * (1 + number)
        measured = one.measured.model_copy(
            update={"in_model": [effect, 0.0], **({"controls": None, "verdict": None} if at else {})}
        )
        found.append(one.model_copy(update={"measured": measured}))
    return found


def verification_of(graph: AttributionGraph, number: int) -> Verification:
    nodes, graph_id = graph.nodes, graph.record.id
    keys = nodes.keys(graph_id, nodes.of_kind(NodeKind.FEATURE)[:2])
    parts = [faithfulness("sequences"), faithfulness("graph", in_model=0.125 * number)]
    return verification(graph_id, keys, faithfulness=parts, share_holding=None if number == 1 else 0.5)


def prompt_internals(graph: AttributionGraph, number: int) -> Internals:
    """The model's heads are the same in all graphs; of the graph with the number 1 it is not known what they did."""
    found = internals_of(graph, f"{graph.record.id}-internals", seed=number)
    known = internals_of(graph).heads
    statistics = dict(found.heads.statistics, carried=abs(found.heads.statistics["carried"]))
    if number == 1:
        statistics |= {name: np.full(len(known.induction), np.nan) for name in ("attribution", "carried")}
    heads = replace(
        found.heads, statistics=statistics, induction=known.induction, duplicate_token=known.duplicate_token
    )
    return replace(found, heads=heads)


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


def collections_of(graphs: list[AttributionGraph]) -> dict[str, list[str]]:
    """Collections of graphs: their ids by the collections' names."""
    ids = [graph.record.id for graph in graphs]
    return {"some": ids[1:], "pair": ids[:2], "one": ids[2:3]}
