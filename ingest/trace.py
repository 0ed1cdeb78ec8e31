"""A prompt's trace: the whole, unpruned attribution, as arrays. Needs no torch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from queries.acyclic import AcyclicGraph
from queries.graph import Floats, Nodes
from queries.records import TraceParameters


@dataclass(frozen=True, eq=False)
class Trace:
    """A whole attribution graph.

    `nodes` are in circuit-tracer's order, their influences not yet known. `edges` holds the direct effects that
    are not 0, and `weight` (n_edges,) how strong each is.
    """

    prompt: str
    tokens: list[str]
    token_ids: list[int]
    nodes: Nodes
    edges: AcyclicGraph
    weight: Floats
    n_layers: int
    n_active_features: int
    model: str
    model_revision: str
    transcoder_set: str
    transcoder_revision: str
    dtype: str
    parameters: TraceParameters
    versions: dict[str, str]

    @cached_property
    def logit_weight(self) -> Floats:
        """(n_nodes,) each logit's probability, 0 elsewhere: the influence that is handed down."""
        return np.nan_to_num(self.nodes.probability)
