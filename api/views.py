"""What the database stores, as HTTP answers."""

import math
from collections.abc import Callable

import ingest
from api.models import (
    CompareAnswer,
    ComparedFeature,
    ComparedGraph,
    ComparedSequence,
    EdgesAnswer,
    FeatureInGraph,
    FeatureName,
    ModelAnswer,
    ModelsAnswer,
    NamedQueryAnswer,
    NodesAnswer,
    QueriesAnswer,
    SequenceInGraph,
    SequenceSource,
    SupernodeAnswer,
)
from api.spelling import KIND_WORDS, Speller, node_tokens
from queries.cypher.answer import Engine
from queries.graph.attribution_graph import AttributionGraph, nullable
from queries.graph.records import TraceParameters
from queries.named import QUERIES
from queries.paths import compare


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
        token=node_tokens(graph),
        label=graph.labels,
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


def comparison(graphs: list[AttributionGraph], *, k: int) -> CompareAnswer:
    """The comparison as an answer. Raises InvalidRequest, IncomparableGraphs."""
    found = compare.compare(graphs, k)
    spellers = [Speller(graph) for graph in graphs]
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


def _compared_graph(place: int, speller: Speller, found: compare.Comparison) -> ComparedGraph:
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


def _compared_feature(one: compare.ComparedFeature, spellers: list[Speller]) -> ComparedFeature:
    layer, index = one.feature
    return ComparedFeature(
        layer=layer,
        index=index,
        in_graphs=[
            FeatureInGraph(
                graph=spellers[part.graph].graph.record.id,
                label=part.label,
                nodes=[spellers[part.graph].key(node) for node in part.nodes],
                positions=spellers[part.graph].graph.nodes.position[list(part.nodes)].tolist(),
                node_influence=None if math.isnan(part.node_influence) else part.node_influence,
            )
            for part in one.in_graphs
        ],
    )


def _compared_sequence(one: compare.ComparedSequence, spellers: list[Speller]) -> ComparedSequence:
    return ComparedSequence(
        features=[FeatureName(layer=layer, index=index) for layer, index in one.features],
        in_graphs=[
            part
            and SequenceInGraph(
                score=part.score,
                sources=[
                    SequenceSource(
                        id=speller.key(node),
                        token=speller.token(node),
                        position=int(speller.graph.nodes.position[node]),
                        score=score,
                    )
                    for node, score in part.sources
                ],
            )
            for part, speller in zip(one.in_graphs, spellers, strict=True)
        ],
    )
