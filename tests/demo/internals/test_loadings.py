"""Which heads carried the links of the demo's graphs, in the model and transcoders that made them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ingest.attribution.attribution import LoadedModel
from ingest.attribution.internals.loadings.loaded import local_replacement, token_ids
from ingest.attribution.internals.loadings.pairs import Cell, score_pairs
from ingest.attribution.internals.loadings.paths import link_paths
from ingest.attribution.internals.loadings.replacement import LocalReplacement
from ingest.attribution.internals.loadings.split import loadings
from ingest.attribution.internals.passes.model import embedded
from ingest.attribution.internals.passes.record import record
from ingest.jobs.examples import FOLDER
from ingest.traces.file import read_trace
from ingest.worker.handover import read_graph
from queries.graph.attribution_graph import AttributionGraph, Edges, NodeKind

pytestmark = pytest.mark.slow

NAMES = sorted(path.stem for path in FOLDER.glob("*.npz"))
DALLAS, LYON, MONDAY = 0, 3, 4


def replaced(loaded: LoadedModel, graph: AttributionGraph) -> LocalReplacement:
    known = token_ids(graph)
    assert known is not None
    ids, model = torch.tensor(known), loaded.replacement_model._module
    recording = record(model, embedded(model, ids))
    return local_replacement(loaded, model, ids, recording, graph.record.attribution_targets)


def stored(number: int) -> AttributionGraph:
    return read_graph(FOLDER / f"{NAMES[number]}.npz")


def node(graph: AttributionGraph, kind: NodeKind, token: str) -> int:
    return int(next(node for node in graph.nodes.of_kind(kind) if graph.nodes.token[node] == token))


@pytest.mark.parametrize("name", NAMES)
def test_direct_and_heads_are_the_stored_weight(loaded: LoadedModel, name: str) -> None:
    """Of the graph, and of its whole trace."""
    graph, trace = read_graph(FOLDER / f"{name}.npz"), read_trace(Path(FOLDER / f"{name}.trace"))
    replacement = replaced(loaded, graph)
    target, source, weight = trace.edges.rows(0, trace.edges.n_nodes)
    ordinals = (source.astype(np.int64), target.astype(np.int64))
    whole = Edges(*ordinals, weight.astype(np.float64), np.zeros(len(weight)))
    for nodes, edges in ((graph.nodes, graph.edges), (trace.nodes, whole)):
        answer = loadings(replacement, nodes, edges)
        assert answer.why is None and answer.loadings is not None
        assert answer.loadings.weights_error < 1e-6
        assert answer.loadings.sums_error < 1e-6


@pytest.mark.parametrize("number", [DALLAS, MONDAY])
def test_heads_and_what_passes_none_are_the_weight_in_every_layer(loaded: LoadedModel, number: int) -> None:
    """Of all links together, by the design's measure."""
    graph = stored(number)
    replacement = replaced(loaded, graph)
    left = []
    for source, target in zip(graph.edges.source.tolist(), graph.edges.target.tolist(), strict=True):
        paths = link_paths(replacement, graph.nodes, source, target)
        left.append(paths.through.sum(1) + paths.past)
    errors = np.linalg.norm(np.array(left) - graph.edges.weight[:, None], axis=0)
    assert (errors / np.linalg.norm(graph.edges.weight)).max() < 1e-6


def test_dallas_reaches_austin_by_two_heads(loaded: LoadedModel) -> None:
    graph = stored(DALLAS)
    replacement = replaced(loaded, graph)
    dallas, austin = node(graph, NodeKind.EMBEDDING, " Dallas"), node(graph, NodeKind.LOGIT, " Austin")
    found = loadings(replacement, graph.nodes, graph.edges).loadings
    assert found is not None
    rows = (found.source == dallas) & (found.target == austin)
    heads = list(zip(found.layer[rows].tolist(), found.head[rows].tolist(), strict=True))
    assert heads[:2] == [(2, 2), (2, 0)]
    np.testing.assert_allclose(found.weight[rows][:2], [1.64, 1.40], atol=0.01)
    cells = link_paths(replacement, graph.nodes, dallas, austin).cells
    where = [graph.nodes.position[austin], graph.nodes.position[dallas]]
    assert cells[2, 2].tolist() == cells[2, 0].tolist() == where


def test_why_its_head_looks_at_dallas(loaded: LoadedModel) -> None:
    """`is` looks there for the `capital` that came to it, and for what was made of the state."""
    graph = stored(DALLAS)
    replacement = replaced(loaded, graph)
    nodes = graph.nodes
    query, key = (
        int(nodes.position[node(graph, kind, token)])
        for kind, token in ((NodeKind.LOGIT, " Austin"), (NodeKind.EMBEDDING, " Dallas"))
    )
    found = score_pairs(replacement, nodes, Cell(2, 2, query, key), 10)
    assert found.error < 1e-6 and found.scaling is not None
    named = [
        (int(one), int(other))
        for one, other in zip(found.query, found.key, strict=True)
        if min(one, other) >= 0
    ]
    capital = node(graph, NodeKind.EMBEDDING, " capital")
    assert named[0][0] == capital
    assert (nodes.layer[named[0][1]], nodes.index[named[0][1]]) == (1, 1151)
    assert found.score[0] * found.scaling > 0.4


def test_another_graphs_prompt_is_refused(loaded: LoadedModel) -> None:
    graph, other = stored(DALLAS), stored(LYON)
    answer = loadings(replaced(loaded, other), graph.nodes, graph.edges)
    assert answer.loadings is None and answer.why is not None and "other weights" in answer.why


def test_token_ids_come_from_embeddings_where_a_file_has_none() -> None:
    graph = stored(DALLAS)
    bare = AttributionGraph(graph.record.model_copy(update={"token_ids": None}), graph.nodes, graph.edges)
    assert token_ids(bare) == graph.record.token_ids
    first = graph.nodes.of_kind(NodeKind.EMBEDDING)[0]
    pruned = AttributionGraph(
        bare.record, graph.nodes.take(np.delete(np.arange(len(graph.nodes)), first)), graph.edges
    )
    assert token_ids(pruned) is None
