"""Whether a question about a prompt's internals can be asked at all."""

from queries.errors import InvalidRequest, quoted
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.internals.findings import CellQuestion, LinkQuestion
from queries.internals.records import MOST_TOKENS, MOST_TOKENS_OF_FLOW, InternalsParameters


def check_parameters(n: int, parameters: InternalsParameters) -> None:
    """Of a prompt of n tokens. Raises InvalidRequest."""
    most = MOST_TOKENS_OF_FLOW if "flow" in parameters.parts else MOST_TOKENS
    if n > most:
        instead = f"; up to {MOST_TOKENS} without the part flow" if n <= MOST_TOKENS else ""
        raise InvalidRequest("graph", f"its prompt has {n} tokens, of at most {most}{instead}")
    if parameters.position is not None and parameters.position >= n:
        raise InvalidRequest("position", f"there is no position {parameters.position}; they are 0 to {n - 1}")


def link_ends(graph: AttributionGraph, question: LinkQuestion) -> tuple[int, int]:
    """The ordinals of a link's ends, whether or not it is stored. Raises InvalidRequest."""
    source, target = node_of(graph, "source", question.source), node_of(graph, "target", question.target)
    for parameter, node, wrong in (
        ("source", source, (NodeKind.LOGIT,)),
        ("target", target, (NodeKind.EMBEDDING, NodeKind.ERROR)),
    ):
        kind = NodeKind(int(graph.nodes.kind[node]))
        if kind in wrong:
            raise InvalidRequest(parameter, f"a node of the kind {kind.word} is no {parameter} of a link")
    return source, target


def node_of(graph: AttributionGraph, parameter: str, key: str) -> int:
    """The ordinal of the node with a key. Raises InvalidRequest."""
    try:
        return graph.nodes.keys(graph.record.id).index(key)
    except ValueError:
        raise InvalidRequest(parameter, f"the graph has no node {quoted(key)}") from None


def check_cell(n_layers: int, n_heads: int, n: int, question: CellQuestion) -> None:
    """Of a model and a prompt of n tokens. Raises InvalidRequest."""
    check_head(n_layers, n_heads, question.layer, question.head)
    for name in ("query", "key"):
        given = getattr(question, name)
        if given >= n:
            raise InvalidRequest(name, f"there is no position {given}; they are 0 to {n - 1}")
    if question.key > question.query:
        raise InvalidRequest("key", f"the query {question.query} sees no later position")


def check_head(n_layers: int, n_heads: int, layer: int, head: int) -> None:
    """Raises InvalidRequest where the model has no such head."""
    for name, given, n in (("layer", layer, n_layers), ("head", head, n_heads)):
        if given >= n:
            raise InvalidRequest(name, f"there is no {name} {given}; they are 0 to {n - 1}")
