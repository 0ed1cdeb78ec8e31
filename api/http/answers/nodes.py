"""Nodes, paths and groups of one graph as answers, with ids, tokens and labels."""

import math
from typing import TypeVar

from pydantic import Field

from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import LabelOrigin
from queries.graph.records import Record
from queries.paths.sequences import GroupSequence
from queries.paths.space import Effect, Path
from queries.words import KIND_WORDS, LABEL_SOURCES, KindWord, LabelSource

T = TypeVar("T")


class PathNode(Record):
    id: str
    kind: KindWord
    layer: int
    position: int
    index: int
    site: str | None = Field(description="Null: of the MLP; `attn`: of attention")
    token: str
    label: str | None
    label_origin: LabelOrigin | None = Field(description="Null where there is no label")
    activation: float | None


class PathEdge(Record):
    weight: float
    share: float


class PathEffect(Record):
    """What paths do to their target, whichever score ranks them. A path raises its target if the product of its weights
    is positive, and lowers it if that is negative."""

    influence: float = Field(description="What flows along the paths, as a share of 1")
    raising: float = Field(description="The part of it along paths that raise the target")
    lowering: float = Field(description="The part of it along paths that lower the target")
    contribution: float | None = Field(
        description="Signed sum of the paths' contributions, for a logit in logits; null where activations are missing"
    )


class RankedPath(Record):
    score: float
    effect: PathEffect
    length: int = Field(description="Edges")
    nodes: list[PathNode] = Field(description="From the source to the target")
    edges: list[PathEdge]


class GroupStep(Record):
    """One group of a sequence: a label's feature nodes, or a node that is a group of its own."""

    kind: KindWord
    name: str | None = Field(
        description="The group's, or the label of its one node; null where there is none"
    )
    label_sources: list[LabelSource] = Field(
        description="What the labels of its nodes that its name holds come from, each once"
    )
    token: str | None = Field(description="The token of an embedding or logit node; null for a group")
    layer: int | None = Field(description="Null where the group's nodes are on several layers")
    position: int | None = Field(description="Null where the group's nodes are at several positions")
    index: int | None = Field(description="Null where the group has several features")
    site: str | None = Field(description="The one of all its nodes; null: the MLP, or several")
    nodes: list[str] = Field(description="Ids of the nodes that lie on the sequence's paths")


class RankedGroup(Record):
    score: float = Field(
        description="Sum of the absolute scores of all member paths, by which groups are ranked"
    )
    signed: float = Field(description="Sum of the scores themselves")
    influence: float = Field(description="What flows along all member paths, as a share of 1")
    effect: PathEffect = Field(description="Of all member paths")
    members: int = Field(description="Number of member paths")
    members_rounded: bool = Field(description="Whether `members` is rounded, as it is beyond 2^52")
    sequence: list[GroupStep] = Field(description="From the source to the target")
    best_members: list[RankedPath]


class AnswerBuilder:
    """Builds the answers for nodes, paths and groups of one graph from their ordinals. It builds each node once."""

    def __init__(self, graph: AttributionGraph) -> None:
        self.graph = graph
        self._nodes: dict[int, PathNode] = {}

    def key(self, ordinal: int) -> str:
        return self.node(ordinal).id

    def token(self, ordinal: int) -> str:
        return self.node(ordinal).token

    def node(self, ordinal: int) -> PathNode:
        known = self._nodes.get(ordinal)
        if known is None:
            known = self._nodes[ordinal] = self._build(ordinal)
        return known

    def _build(self, ordinal: int) -> PathNode:
        graph, columns = self.graph, self.graph.nodes
        own, position = columns.token[ordinal], int(columns.position[ordinal])
        activation, label = float(columns.activation[ordinal]), graph.shown[ordinal]
        return PathNode(
            id=columns.keys(graph.record.id, slice(ordinal, ordinal + 1))[0],
            kind=KIND_WORDS[int(columns.kind[ordinal])],
            layer=int(columns.layer[ordinal]),
            position=position,
            index=int(columns.index[ordinal]),
            site=columns.site[ordinal],
            token=graph.record.tokens[position] if own is None else own,
            label=label and label.text,
            label_origin=label and label.origin,
            activation=None if math.isnan(activation) else activation,
        )

    def path(self, path: Path) -> RankedPath:
        edges = self.graph.edges
        return RankedPath(
            score=path.score,
            effect=path_effect(path.effect),
            length=len(path.edges),
            nodes=[self.node(node) for node in path.nodes],
            edges=[
                PathEdge(weight=float(edges.weight[edge]), share=float(edges.share[edge]))
                for edge in path.edges
            ],
        )

    def group(self, sequence: GroupSequence, names: list[str | None]) -> RankedGroup:
        return RankedGroup(
            score=sequence.score,
            signed=sequence.signed,
            influence=sequence.effect.influence,
            effect=path_effect(sequence.effect),
            members=sequence.n_members,
            members_rounded=sequence.n_members_rounded,
            sequence=[self.step(list(step), name) for step, name in zip(sequence.steps, names, strict=True)],
            best_members=[self.path(path) for path in sequence.best_members],
        )

    def step(self, ordinals: list[int], name: str | None) -> GroupStep:
        """Nodes of one group, which may have a name: the values that all of them share, and their ids."""
        columns, first = self.graph.nodes, ordinals[0]
        own_token = name is None and columns.kind[first] in (NodeKind.EMBEDDING, NodeKind.LOGIT)

        sources = {
            label.origin.source
            for node in ordinals
            if (label := self.graph.shown[node]) and (name is None or label.text in name)
        }

        def common(values: list[T]) -> T | None:
            return values[0] if len(set(values)) == 1 else None

        return GroupStep(
            kind=KIND_WORDS[int(columns.kind[first])],
            name=self.node(first).label if name is None else name,
            label_sources=[one for one in LABEL_SOURCES if one in sources],
            token=self.token(first) if own_token else None,
            layer=common(columns.layer[ordinals].tolist()),
            position=common(columns.position[ordinals].tolist()),
            index=common(columns.index[ordinals].tolist()),
            site=common([columns.site[node] for node in ordinals]),
            nodes=[self.key(node) for node in ordinals],
        )


def path_effect(effect: Effect) -> PathEffect:
    return PathEffect(
        influence=effect.influence,
        raising=effect.raising,
        lowering=effect.lowering,
        contribution=effect.contribution,
    )


def node_tokens(graph: AttributionGraph) -> list[str]:
    """(n_nodes,) each node's own token, else the token at its position."""
    tokens = graph.record.tokens
    return [
        tokens[position] if own is None else own
        for own, position in zip(graph.nodes.token, graph.nodes.position.tolist(), strict=True)
    ]
