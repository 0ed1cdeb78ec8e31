"""Links of a graph and the heads that carried them."""

import numpy as np
from pydantic import Field

from api.internals import Array, PromptInternals, Shelf
from queries.errors import InternalsNotComputed, InvalidRequest, quoted
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import Record
from queries.internals.asked import check_head
from queries.internals.findings import LinkPathsFound, LinkQuestion
from queries.paths.selectors import select_one


class LinkHeadAnswer(Record):
    """The part of a link that passed a head as its last."""

    layer: int
    head: int
    weight: float
    query: int = Field(description="The target's position, at which the head wrote")
    key: int = Field(description="The source's position")
    attention: float | None = Field(
        description="What the head's pattern is there; null without the part attention"
    )


class LinkAnswer(Record):
    """A link by the heads that carried it: `direct`, the heads' weights and `rest` add up to `weight`."""

    source: str
    target: str
    weight: float
    direct: float = Field(description="What passed no head; only within one position")
    heads: list[LinkHeadAnswer] = Field(
        description="Those of at least a hundredth of the parts' absolute sum"
    )
    rest: float = Field(description="All smaller parts together")
    paths: LinkPathsFound | None = Field(
        description="Every path through each head, where that was asked (POST to this address)"
    )


class CarriedLink(Record):
    source: str
    target: str
    weight: float = Field(description="What the head carried of the link")
    link_weight: float = Field(description="The whole link's")


class NodeSum(Record):
    node: str
    weight: float
    absolute: float


class HeadLinksAnswer(Record):
    """The links of a graph that one head carried, the largest |weight| first."""

    layer: int
    head: int
    n_links: int = Field(description="All that it carried, of those of which it carried a hundredth or more")
    links: list[CarriedLink]
    reads: list[NodeSum] = Field(description="What it read: sums over these links by their source")
    writes: list[NodeSum] = Field(description="What it wrote to: sums by target")


def link(
    shelf: Shelf, found: PromptInternals, graph: AttributionGraph, source: str, target: str
) -> LinkAnswer:
    """`source` and `target` are selectors of a node each. Raises InvalidRequest where the graph has no such link."""
    ends = select_one(graph, "source", source), select_one(graph, "target", target)
    keys = graph.nodes.keys(graph.record.id)
    source, target = (keys[end] for end in ends)
    links = found.array("loadings", "links")
    rows = np.flatnonzero((links[:, 0] == ends[0]) & (links[:, 1] == ends[1]))
    if not len(rows):
        raise InvalidRequest("target", f"the graph has no link from {quoted(source)} to it")
    row = int(rows[0])
    part = np.flatnonzero(found.array("loadings", "of_link") == row)
    layers, heads, weights = (
        found.array("loadings", f"part_{name}")[part].tolist() for name in ("layer", "head", "weight")
    )
    query, key = int(graph.nodes.position[ends[1]]), int(graph.nodes.position[ends[0]])
    parts = list(zip(layers, heads, weights, strict=True))
    return LinkAnswer(
        source=source,
        target=target,
        weight=sum(weights) + float(found.array("loadings", "rest")[row]),
        direct=sum(weight for layer, _, weight in parts if layer < 0),
        heads=[
            LinkHeadAnswer(
                layer=layer,
                head=head,
                weight=weight,
                query=query,
                key=key,
                attention=_attention(found, layer, head, query, key),
            )
            for layer, head, weight in parts
            if layer >= 0
        ],
        rest=float(found.array("loadings", "rest")[row]),
        paths=_paths(shelf, found, source, target),
    )


def head_links(
    found: PromptInternals, graph: AttributionGraph, layer: int, head: int, limit: int
) -> HeadLinksAnswer:
    check_head(found.record.n_layers, found.record.n_heads, layer, head)
    of_head = np.flatnonzero(
        (found.array("loadings", "part_layer") == layer) & (found.array("loadings", "part_head") == head)
    )
    row, weight = (found.array("loadings", name)[of_head] for name in ("of_link", "part_weight"))
    source, target = found.array("loadings", "links")[row].T
    whole = found.array("loadings", "rest").copy()
    np.add.at(whole, found.array("loadings", "of_link"), found.array("loadings", "part_weight"))
    order = np.argsort(-np.abs(weight), kind="stable")
    keys = graph.nodes.keys(graph.record.id)
    return HeadLinksAnswer(
        layer=layer,
        head=head,
        n_links=len(order),
        links=[
            CarriedLink(
                source=keys[source[at]],
                target=keys[target[at]],
                weight=float(weight[at]),
                link_weight=float(whole[row[at]]),
            )
            for at in order[:limit]
        ],
        reads=_sums(keys, source, weight, limit),
        writes=_sums(keys, target, weight, limit),
    )


def _sums(keys: list[str], nodes: Array, weight: Array, limit: int) -> list[NodeSum]:
    each, place = np.unique(nodes, return_inverse=True)
    signed, absolute = np.zeros(len(each)), np.zeros(len(each))
    np.add.at(signed, place, weight)
    np.add.at(absolute, place, np.abs(weight))
    return [
        NodeSum(node=keys[each[at]], weight=float(signed[at]), absolute=float(absolute[at]))
        for at in np.argsort(-absolute, kind="stable")[:limit]
    ]


def _attention(found: PromptInternals, layer: int, head: int, query: int, key: int) -> float | None:
    name = f"pattern/{layer}"
    return float(found.array("attention", name)[head, query, key]) if name in found else None


def _paths(shelf: Shelf, found: PromptInternals, source: str, target: str) -> LinkPathsFound | None:
    try:
        answer = shelf.answer(found.record.graph_id, LinkQuestion(source=source, target=target))
    except InternalsNotComputed:
        return None
    assert isinstance(answer, LinkPathsFound)
    return answer
