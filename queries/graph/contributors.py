"""What an attention feature attends to: the nodes whose queries and keys make its attention score (QK tracing)."""

from pydantic import Field

from queries.graph.records import Record


class Contributors(Record):
    """Nodes are named by the ends of their keys, `kind/layer/position/index` and a site, whether or not the graph has
    them: a graph leaves out nodes that only take part in an attention score."""

    pairs: list[tuple[str, str, float]] = Field(
        description="A node on the query's side, one on the key's, and what the two add to the score together",
    )
    queries: list[tuple[str, float]] = Field(
        description="Nodes on the query's side, each with what it adds with all keys"
    )
    keys: list[tuple[str, float]] = Field(description="The same on the key's side")
    names: dict[str, str] = Field(description="The labels of nodes that the graph does not have")
