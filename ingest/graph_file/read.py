"""Attribution graph files, as Neuronpedia, circuit-tracer and others write them, read into an AttributionGraph.

Needed fields are checked one by one; unknown fields are kept in the record's metadata. A fault raises `InvalidGraph`,
which names the field, node or link.
"""

from dataclasses import dataclass

import numpy as np

from ingest.graph_file.about import About, ImportOptions, file_record, file_thresholds
from ingest.graph_file.contributors import contributors
from ingest.graph_file.explanations import read_explanations
from ingest.graph_file.faults import Dropped, Faults
from ingest.graph_file.ids import NodeIds
from ingest.graph_file.links import FileLinks, read_links
from ingest.graph_file.nodes import FileNode, read_nodes
from ingest.graph_file.pieces import PIECE, Content, GraphJson, required
from ingest.identity import file_graph_id
from ingest.pruning.assemble import stored_facts
from ingest.traces.trace import Sources, Trace, TraceEdges, TraceRecord, source_type
from queries.errors import InvalidGraph
from queries.graph.arrays import Floats
from queries.graph.attribution_graph import AttributionGraph, Edges, Nodes, Supernode, file_view
from queries.graph.features import Explanation, FeatureId
from queries.graph.influence import SMALLEST_SUM, node_influence, normalise
from queries.graph.records import AttributionRecord, GraphRecord


@dataclass(frozen=True, eq=False)
class GraphFile:
    """The content of a graph file: its record, its nodes, by kind, and its links as columns over them."""

    about: About
    record: TraceRecord
    nodes: list[FileNode]
    links: FileLinks
    contributors: list[str | None]
    """(n_nodes,) the JSON of each attention feature's `Contributors`."""
    explanations: dict[FeatureId, list[Explanation]]
    dropped: Dropped


def parse_graph_file(content: Content, options: ImportOptions | None = None, piece: int = PIECE) -> GraphFile:
    """The checked content of a graph file's bytes, or of a `mapped` file. Raises InvalidGraph.

    A mapped file of 1.8 GB with 16 million links takes 10 to 15 seconds and 1 GB of memory (bench/large_file.py).
    """
    options = options or ImportOptions()
    file, faults = GraphJson(content, piece), Faults(options.lenient)
    try:
        document = file.document()
        about = About.of(document)
        entries = required(document, "nodes", list, "nodes")
        nodes = read_nodes(entries, about.tokens, about.n_layers, faults)
        required(document, "links", list, "links")
    except InvalidGraph:
        file.check_last_piece()
        raise
    explanations = read_explanations(document.get("explanations"), faults)
    ids = NodeIds(nodes)
    links = read_links(file, ids, faults)
    record = file_record(about, ids, options, faults)
    traced = contributors(nodes, document.get("qk_only_nodes"), about.tokens, ids)
    return GraphFile(about, record, nodes, links, traced, explanations, faults.dropped)


def read_graph_file(content: Content, options: ImportOptions | None = None) -> AttributionGraph:
    """The graph in a file's bytes. Raises InvalidGraph."""
    return attribution_graph(parse_graph_file(content, options))


def attribution_graph(file: GraphFile) -> AttributionGraph:
    """The graph of a file as it is, for a file that was pruned: all its links are stored. Raises InvalidGraph."""
    nodes, edges = _columns(file)
    record = _record(file, nodes, edges)
    supernodes = tuple(Supernode(one, tuple(members)) for one, members in file.record.supernodes)
    pins = nodes.keys(record.id, np.array(file.record.pinned, dtype=np.int64))
    return explained(AttributionGraph(record, nodes, edges, file_view(pins, supernodes)), file)


def explained(graph: AttributionGraph, file: GraphFile) -> AttributionGraph:
    """A graph of a file, or pruned from it, with what the file says of its features."""
    if not file.explanations:
        return graph
    features = set(graph.nodes.feature_ids())
    return graph.with_explanations(
        {feature: told for feature, told in file.explanations.items() if feature in features}
    )


def trace_of_file(file: GraphFile) -> Trace:
    """The content of a file that was not pruned. Raises InvalidGraph."""
    links = file.links
    sources: Sources = links.edges.source.astype(source_type(len(file.nodes)))
    # Pruning computes influence from all links; the file's own influence is not used.
    unknown = np.full(len(file.nodes), np.nan)
    return Trace(
        file.record,
        _nodes(file, unknown, unknown, unknown),
        TraceEdges(links.edges.starts, sources, links.weight),
    )


def _columns(file: GraphFile) -> tuple[Nodes, Edges]:
    acyclic, n = file.links.edges, len(file.nodes)
    source, target = acyclic.source.astype(np.int64), acyclic.target.astype(np.int64)
    weight = file.links.weight.astype(np.float64)
    share, input_total = normalise(n, target, weight)
    for node in np.flatnonzero(~np.isfinite(input_total)):
        raise InvalidGraph("links", f"the weights into {file.nodes[node].id!r} are too large to be summed")
    probability = np.array([node.probability for node in file.nodes])
    # The file has no raw influence: like the shares, it is computed from the file's own edges.
    of_pruned, _ = normalise(n, target, weight, SMALLEST_SUM)
    influence = node_influence(acyclic, of_pruned, np.nan_to_num(probability))
    cumulative = np.array([node.cumulative_influence for node in file.nodes])
    return _nodes(file, influence, cumulative, input_total), Edges(source, target, weight, share)


def _nodes(file: GraphFile, influence: Floats, cumulative: Floats, input_total: Floats) -> Nodes:
    nodes = file.nodes
    return Nodes.of_columns(
        kind=np.array([node.kind for node in nodes], dtype=np.int8),
        layer=np.array([node.layer for node in nodes], dtype=np.int64),
        position=np.array([node.position for node in nodes], dtype=np.int64),
        index=np.array([node.index for node in nodes], dtype=np.int64),
        token=[node.token for node in nodes],
        label=[node.label for node in nodes],
        activation=np.array([node.activation for node in nodes]),
        probability=np.array([node.probability for node in nodes]),
        is_target_logit=np.array([node.is_target_logit for node in nodes], dtype=np.bool_),
        node_influence=influence,
        cumulative_influence=cumulative,
        input_total=input_total,
        site=[node.site for node in nodes],
        contributors=file.contributors,
    )


def _record(file: GraphFile, nodes: Nodes, edges: Edges) -> GraphRecord:
    thresholds = file_thresholds(file.about)
    return GraphRecord(
        id=file_graph_id(file.record, thresholds, nodes, edges),
        **file.record.model_dump(include=set(AttributionRecord.model_fields)),
        **thresholds,
        share_basis="file",
        **stored_facts(nodes, edges),
    )
