"""The two graphs of docs/cypher.md, small enough to follow by hand."""

from dataclasses import replace

import numpy as np

from queries.graph.acyclic import AcyclicGraph
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import Explanation
from queries.graph.influence import node_influence
from queries.graph.records import Prediction
from tests.support.graphs import make_graph

KINDS = "EEFFFXLL"
"""A city, " is"; its state, a capital is wanted, the capital; an error; two predictions."""
WEIGHTS = {
    (0, 2): 3.0,
    (1, 2): 1.0,
    (1, 3): 1.0,
    (5, 3): 1.0,
    (2, 4): 2.0,
    (3, 4): 1.0,
    (0, 4): 1.0,
    (4, 6): 2.0,
    (2, 6): 1.0,
    (3, 6): 0.5,
    (0, 6): 0.5,
    (2, 7): 1.0,
    (4, 7): -1.0,
}
N_LAYERS = 3


def worked_graph(
    name: str, city: str, state: tuple[int, str], capital: tuple[int, str], other: str
) -> AttributionGraph:
    """`state` and `capital` are features: an index and a label."""
    graph = make_graph(
        KINDS,
        WEIGHTS,
        labels={2: state[1], 4: capital[1]},
        probability={6: 0.5, 7: 0.25},
        explanations={
            (0, state[0]): [Explanation(f"the state of {state[1]}", "model", "auto")],
            (1, 3): [Explanation("a capital is asked for", "model", "auto")],
        },
        id=name,
        name=name,
        prompt=f"The capital of the state of {city} is",
        n_layers=N_LAYERS,
        prediction=Prediction(token=f" {capital[1]}", probability=0.5),
    )
    nodes, edges = graph.nodes, graph.edges
    index = nodes.index.copy()
    index[[2, 4]] = state[0], capital[0]
    layer = np.minimum(nodes.layer, N_LAYERS)
    layer[5] = 0
    acyclic = AcyclicGraph(len(KINDS), edges.source, edges.target)
    return replace(
        graph,
        nodes=replace(
            nodes,
            layer=layer,
            index=index,
            position=np.array([0, 1, 0, 1, 1, 1, 1, 1]),
            token=[f" {city}", " is", *nodes.token[2:6], f" {capital[1]}", f" {other}"],
            node_influence=node_influence(acyclic, edges.share, np.nan_to_num(nodes.probability)),
        ),
    )


def worked_graphs() -> list[AttributionGraph]:
    return [
        worked_graph("dallas", "Dallas", (10, "Texas"), (20, "Austin"), "Houston"),
        worked_graph("oakland", "Oakland", (11, "California"), (21, "Sacramento"), "Fresno"),
    ]
