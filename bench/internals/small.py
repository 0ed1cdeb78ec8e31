"""Prompts of the demo model, traced and pruned as the product does."""

from itertools import cycle

from demo.measures.paths import load_for_tracing
from ingest.attribution.attribution import LoadedModel, trace
from ingest.models import EXAMPLES
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import TraceParameters

__all__ = ["load_for_tracing", "traced"]


def traced(loaded: LoadedModel, n: int) -> AttributionGraph:
    """The stored graph of the examples' words, as many as are n tokens."""
    parameters = TraceParameters(max_feature_nodes=2000)
    words = cycle(" ".join(EXAMPLES).split())
    text = next(words)
    while len(loaded.replacement_model.ensure_tokenized(text)) < n:
        text = f"{text} {next(words)}"
    found = trace(loaded, text, parameters.attribution, lambda *_: None)
    pruning = prune(found, parameters.node_threshold, parameters.edge_threshold)
    return assemble(found, pruning, parameters.thresholds, timings={})
