"""What the database stores and the ranking finds, as HTTP answers."""

import math
from collections.abc import Callable
from typing import Literal

import ingest
from api.models import (
    CompareAnswer,
    ComparedFeature,
    ComparedGraph,
    ComparedSequence,
    EdgesAnswer,
    FeatureInGraph,
    FeatureName,
    GroupStep,
    Kind,
    ModelAnswer,
    ModelsAnswer,
    NamedQueryAnswer,
    NodesAnswer,
    PathEdge,
    PathNode,
    PathsAnswer,
    QueriesAnswer,
    RankedGroup,
    RankedPath,
    SequenceInGraph,
    SequenceSource,
    SupernodeAnswer,
)
from queries import compare
from queries.cypher.answer import Engine
from queries.errors import InvalidRequest
from queries.graph import AttributionGraph, NodeKind, nullable
from queries.grouped import GroupSequence, best_group_sequences, groups_by_label
from queries.labels import display_labels
from queries.named import QUERIES
from queries.paths import Path, PathQuery, PathSpace, best_paths
from queries.records import TraceParameters

KIND_WORDS: list[Kind] = ["embedding", "feature", "error", "logit"]


def models(entries: list[ingest.ModelEntry]) -> ModelsAnswer:
    answers = [
        ModelAnswer(
            name=entry.name,
            transcoders=[transcoders.name for transcoders in entry.transcoders],
            context_length=entry.context_length,
            examples=list(entry.examples),
            description=entry.description,
        )
        for entry in entries
    ]
    return ModelsAnswer(models=answers, parameters=TraceParameters())


def named_queries(engine: Engine) -> QueriesAnswer:
    """The cookbook, in an engine's dialect."""
    answers = [
        NamedQueryAnswer(
            name=query.name,
            title=query.title,
            sentence=query.sentence,
            parameters=list(query.parameters),
            columns=list(query.columns),
            cypher=query.text(engine),
        )
        for query in QUERIES
    ]
    return QueriesAnswer(engine=engine, queries=answers)


def nodes(graph: AttributionGraph) -> NodesAnswer:
    columns = graph.nodes
    return NodesAnswer(
        graph=graph.record.id,
        id=columns.keys(graph.record.id),
        kind=[KIND_WORDS[kind] for kind in columns.kind.tolist()],
        layer=columns.layer.tolist(),
        position=columns.position.tolist(),
        index=columns.index.tolist(),
        token=_tokens(graph),
        label=display_labels(graph),
        activation=nullable(columns.activation),
        probability=nullable(columns.probability),
        is_target_logit=columns.is_target_logit.tolist(),
        node_influence=nullable(columns.node_influence),
        cumulative_influence=nullable(columns.cumulative_influence),
        supernodes=[SupernodeAnswer(name=one.name, nodes=list(one.members)) for one in graph.supernodes],
    )


def edges(graph: AttributionGraph) -> EdgesAnswer:
    columns = graph.edges
    return EdgesAnswer(
        graph=graph.record.id,
        source=columns.source.tolist(),
        target=columns.target.tolist(),
        weight=columns.weight.tolist(),
        share=columns.share.tolist(),
    )


def paths(
    graph: AttributionGraph,
    *,
    k: int,
    group_by: Literal["none", "label"],
    target: str | None,
    min_length: int,
    max_length: int | None,
    best_members: int,
) -> PathsAnswer:
    """The ranking as an answer. `target` is a logit node's key. Raises InvalidRequest."""
    speller = _Speller(graph)
    query = PathQuery(k=k, target=speller.ordinal(target), min_length=min_length, max_length=max_length)
    space = PathSpace(graph, query)
    totals = space.totals()
    ranked: list[RankedPath] | None = None
    groups: list[RankedGroup] | None = None
    if group_by == "label":
        sequences = best_group_sequences(space, groups_by_label(graph, speller.labels), best_members)
        groups = [speller.group(sequence) for sequence in sequences]
    else:
        ranked = [speller.path(path) for path in best_paths(space)]
    return PathsAnswer(
        graph=graph.record.id,
        score="influence",
        group_by=group_by,
        target=speller.node(space.target_node),
        total=totals.total,
        matching=totals.matching,
        covered=math.fsum(one.score for one in ranked or groups or []),
        direct=totals.direct,
        from_errors=totals.from_errors,
        pruned_away=totals.pruned_away,
        n_active_features=graph.record.n_active_features,
        n_selected_features=graph.record.n_selected_features,
        paths=ranked,
        groups=groups,
    )


def comparison(graphs: list[AttributionGraph], *, k: int) -> CompareAnswer:
    """The comparison as an answer. Raises InvalidRequest, IncomparableGraphs."""
    found = compare.compare(graphs, k)
    spellers = [_Speller(graph) for graph in graphs]
    record = graphs[0].record

    def features(of: Callable[[int], bool]) -> list[ComparedFeature]:
        return [_compared_feature(one, spellers) for one in found.features if of(len(one.in_graphs))]

    return CompareAnswer(
        model=record.model,
        transcoder_set=record.transcoder_set,
        graphs=[_compared_graph(place, speller, found) for place, speller in enumerate(spellers)],
        shared=features(lambda n: n == len(graphs)),
        partly_shared=features(lambda n: 1 < n < len(graphs)),
        distinct=features(lambda n: n == 1),
        sequences=[_compared_sequence(one, spellers) for one in found.sequences],
    )


def _compared_graph(place: int, speller: "_Speller", found: compare.Comparison) -> ComparedGraph:
    record = speller.graph.record
    features = [one for one in found.features if any(part.graph == place for part in one.in_graphs)]
    scores = [(one, part.score) for one in found.sequences if (part := one.in_graphs[place]) is not None]
    return ComparedGraph(
        id=record.id,
        name=record.name,
        prompt=record.prompt,
        target=speller.node(found.targets[place]),
        matching=found.totals[place].matching,
        covered=math.fsum(score for _, score in scores),
        covered_shared=math.fsum(score for one, score in scores if None not in one.in_graphs),
        n_features=len(features),
        n_distinct_features=sum(len(one.in_graphs) == 1 for one in features),
    )


def _compared_feature(one: compare.ComparedFeature, spellers: list["_Speller"]) -> ComparedFeature:
    layer, index = one.feature
    return ComparedFeature(
        layer=layer,
        index=index,
        in_graphs=[
            FeatureInGraph(
                graph=spellers[part.graph].graph.record.id,
                label=part.label,
                nodes=[spellers[part.graph].keys[node] for node in part.nodes],
                positions=spellers[part.graph].graph.nodes.position[list(part.nodes)].tolist(),
                node_influence=None if math.isnan(part.node_influence) else part.node_influence,
            )
            for part in one.in_graphs
        ],
    )


def _compared_sequence(one: compare.ComparedSequence, spellers: list["_Speller"]) -> ComparedSequence:
    return ComparedSequence(
        features=[FeatureName(layer=layer, index=index) for layer, index in one.features],
        in_graphs=[
            part
            and SequenceInGraph(
                score=part.score,
                sources=[
                    SequenceSource(
                        id=speller.keys[node],
                        token=speller.tokens[node],
                        position=int(speller.graph.nodes.position[node]),
                        score=score,
                    )
                    for node, score in part.sources
                ],
            )
            for part, speller in zip(one.in_graphs, spellers, strict=True)
        ],
    )


class _Speller:
    """Ordinals of one graph spelled out with keys, tokens and labels."""

    def __init__(self, graph: AttributionGraph) -> None:
        self.graph = graph
        self.keys = graph.nodes.keys(graph.record.id)
        self.labels = display_labels(graph)
        self.tokens = _tokens(graph)

    def ordinal(self, key: str | None) -> int | None:
        if key is None:
            return None
        try:
            return self.keys.index(key)
        except ValueError:
            raise InvalidRequest("target", f"there is no node {key!r} in this graph") from None

    def node(self, ordinal: int) -> PathNode:
        columns = self.graph.nodes
        activation = float(columns.activation[ordinal])
        return PathNode(
            id=self.keys[ordinal],
            kind=KIND_WORDS[int(columns.kind[ordinal])],
            layer=int(columns.layer[ordinal]),
            position=int(columns.position[ordinal]),
            index=int(columns.index[ordinal]),
            token=self.tokens[ordinal],
            label=self.labels[ordinal],
            activation=None if math.isnan(activation) else activation,
        )

    def path(self, path: Path) -> RankedPath:
        effects = self.graph.edges
        return RankedPath(
            score=path.score,
            length=len(path.edges),
            nodes=[self.node(node) for node in path.nodes],
            edges=[
                PathEdge(weight=float(effects.weight[edge]), share=float(effects.share[edge]))
                for edge in path.edges
            ],
        )

    def group(self, sequence: GroupSequence) -> RankedGroup:
        return RankedGroup(
            score=sequence.score,
            members=sequence.n_members,
            sequence=[self._step(step) for step in sequence.steps],
            best_members=[self.path(path) for path in sequence.best_members],
        )

    def _step(self, ordinals: tuple[int, ...]) -> GroupStep:
        columns, first = self.graph.nodes, ordinals[0]
        own_token = columns.kind[first] in (NodeKind.EMBEDDING, NodeKind.LOGIT)

        def common(values: list[int]) -> int | None:
            return values[0] if len(set(values)) == 1 else None

        chosen = list(ordinals)
        return GroupStep(
            kind=KIND_WORDS[int(columns.kind[first])],
            name=self.labels[first],
            token=self.tokens[first] if own_token else None,
            layer=common(columns.layer[chosen].tolist()),
            position=common(columns.position[chosen].tolist()),
            index=common(columns.index[chosen].tolist()),
            nodes=[self.keys[node] for node in ordinals],
        )


def _tokens(graph: AttributionGraph) -> list[str]:
    """Each node's own token, or that of its position."""
    tokens = graph.record.tokens
    return [
        tokens[position] if own is None else own
        for own, position in zip(graph.nodes.token, graph.nodes.position.tolist(), strict=True)
    ]
