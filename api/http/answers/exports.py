"""What of a graph is exported, and as what."""

from typing import Literal

from pydantic import Field

from queries.errors import InvalidRequest
from queries.exports.formats import FORMATS, Format
from queries.exports.part import part, pinned_nodes
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Record
from queries.paths.answer import Ranking
from queries.paths.question import GRAMMAR, VIEW, PathsQuestion
from queries.paths.selectors import select
from queries.words import MAX_EXPORTED, MAX_SELECTORS, ExportFormat

MEDIA_TYPES = tuple(dict.fromkeys(one.media_type for one in FORMATS.values()))


class ExportQuestion(PathsQuestion):
    """A format, and what of the graph is exported. The fields of a question about paths count for `part=paths`."""

    format: ExportFormat = Field(
        "graph-json",
        description="`graph-json`, as Neuronpedia and circuit-tracer read it; `graphml`; `node-link`, JSON that "
        "networkx reads; `csv`, a zip of a table of nodes and one of edges; `parquet`, a zip of a data set",
    )
    part: Literal["whole", "nodes", "paths", "view"] = Field(
        "whole",
        description="The whole graph; `node`s with the edges between them; the best paths (group sequences: their "
        "nodes with the edges between them); the nodes that `view` pins or draws together",
    )
    node: list[str] = Field(
        default_factory=list, max_length=MAX_SELECTORS, description="For `part=nodes`: " + GRAMMAR
    )
    view: str | None = Field(
        None, description=f"{VIEW}. `graph-json` has its pins and supernodes, `part=view` their nodes"
    )

    @property
    def as_format(self) -> Format:
        return FORMATS[self.format]

    @property
    def paths(self) -> PathsQuestion:
        return PathsQuestion(**self.model_dump(include=set(PathsQuestion.model_fields)))

    def chosen(self, graph: AttributionGraph) -> AttributionGraph:
        """The graph, or the part of it that does not take a ranking. Raises InvalidRequest."""
        if self.part == "whole":
            return graph
        if self.part == "view":
            return part(graph, pinned_nodes(graph))
        if not self.node:
            raise InvalidRequest("node", "name at least one node of the part")
        return part(graph, select(graph, "node", self.node))


def ranked_part(graph: AttributionGraph, ranking: Ranking) -> AttributionGraph:
    """What a ranking's paths run through: their nodes and edges; of group sequences, all edges between the nodes.

    Raises InvalidRequest where there is no path.
    """
    if ranking.groups is not None:
        groups = [step for sequence, _ in ranking.groups for step in sequence.steps]
        nodes, edges = {node for group in groups for node in group}, None
    else:
        paths = ranking.paths or []
        nodes = {node for path in paths for node in path.nodes}
        edges = {edge for path in paths for edge in path.edges}
    if not nodes:
        raise InvalidRequest("part", "no path fits what was asked")
    return part(graph, nodes, edges)


class DataSetQuestion(Record):
    graph: list[str] = Field(
        default_factory=list,
        max_length=MAX_EXPORTED,
        description="The ids of the graphs; all graphs unless given",
    )
