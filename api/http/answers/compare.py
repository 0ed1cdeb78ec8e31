"""A comparison of graphs as an answer."""

import math
from collections.abc import Callable

from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, PathNode
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.features import LabelOrigin, site_of
from queries.graph.records import Record
from queries.limits import Limits
from queries.paths import compare


class FeatureInGraph(Record):
    """A feature's nodes in one graph."""

    graph: str
    label: str | None
    label_origin: LabelOrigin | None = Field(description="Null where there is no label")
    nodes: list[str] = Field(description="Ids, in the order of their positions")
    positions: list[int]
    node_influence: float | None = Field(description="Summed over the nodes; null where not known")


class ComparedFeature(Record):
    layer: int
    index: int
    site: str | None = Field(None, description="Null: of the MLP; `attn`: of attention")
    in_graphs: list[FeatureInGraph] = Field(description="One for each graph that has it, in the order asked")


class FeatureName(Record):
    layer: int
    index: int
    site: str | None = None


class SequenceSource(Record):
    id: str
    token: str
    position: int
    score: float = Field(description="Sum over all paths from here through the sequence's features")


class SequenceInGraph(Record):
    score: float = Field(description="Sum over its sources")
    sources: list[SequenceSource] = Field(description="Best first")


class ComparedSequence(Record):
    """One sequence of features between a token and the target, in each graph."""

    features: list[FeatureName] = Field(description="From the source's side to the target's")
    in_graphs: list[SequenceInGraph | None] = Field(
        description="One for each graph, in the order asked; null: not among that graph's k best"
    )


class ComparedGraph(Record):
    id: str
    name: str
    prompt: str
    target: PathNode = Field(description="The most probable logit, to which the sequences lead")
    matching: float = Field(description="Influence on the target from embeddings over at least one feature")
    covered: float = Field(description="The same along the graph's k best sequences")
    covered_shared: float = Field(description="Of these, along those that every graph has")
    n_features: int
    n_distinct_features: int = Field(description="That no other of the graphs has")


class CompareAnswer(Record):
    """What graphs have in common. Features and sequences: first those of most graphs, then the strongest."""

    model: str
    transcoder_set: str
    graphs: list[ComparedGraph]
    shared: list[ComparedFeature] = Field(description="Features that every graph has")
    partly_shared: list[ComparedFeature] = Field(description="Features of several graphs, but not of all")
    distinct: list[ComparedFeature] = Field(description="Features of one graph only")
    sequences: list[ComparedSequence]


def comparison(graphs: list[AttributionGraph], *, k: int, limits: Limits) -> CompareAnswer:
    """Raises InvalidRequest, IncomparableGraphs, and like `Limits`."""
    found = compare.compare(graphs, k, limits)
    builders = [AnswerBuilder(graph) for graph in graphs]
    record = graphs[0].record

    def features(condition: Callable[[int], bool]) -> list[ComparedFeature]:
        """The features whose number of graphs fulfils the condition."""
        return [_compared_feature(one, builders) for one in found.features if condition(len(one.in_graphs))]

    return CompareAnswer(
        model=record.model,
        transcoder_set=record.transcoder_set,
        graphs=[_compared_graph(place, build, found) for place, build in enumerate(builders)],
        shared=features(lambda n: n == len(graphs)),
        partly_shared=features(lambda n: 1 < n < len(graphs)),
        distinct=features(lambda n: n == 1),
        sequences=[_compared_sequence(one, builders) for one in found.sequences],
    )


def _compared_graph(place: int, build: AnswerBuilder, found: compare.Comparison) -> ComparedGraph:
    record = build.graph.record
    features = [one for one in found.features if any(part.graph == place for part in one.in_graphs)]
    scores = [(one, part.score) for one in found.sequences if (part := one.in_graphs[place]) is not None]
    return ComparedGraph(
        id=record.id,
        name=record.name,
        prompt=record.prompt,
        target=build.node(found.targets[place]),
        matching=found.totals[place].matching,
        covered=math.fsum(score for _, score in scores),
        covered_shared=math.fsum(score for one, score in scores if None not in one.in_graphs),
        n_features=len(features),
        n_distinct_features=sum(len(one.in_graphs) == 1 for one in features),
    )


def _compared_feature(one: compare.ComparedFeature, builders: list[AnswerBuilder]) -> ComparedFeature:
    layer, index, *_ = one.feature
    return ComparedFeature(
        layer=layer,
        index=index,
        site=site_of(one.feature),
        in_graphs=[
            FeatureInGraph(
                graph=builders[part.graph].graph.record.id,
                label=part.label and part.label.text,
                label_origin=part.label and part.label.origin,
                nodes=[builders[part.graph].key(node) for node in part.nodes],
                positions=builders[part.graph].graph.nodes.position[list(part.nodes)].tolist(),
                node_influence=None if math.isnan(part.node_influence) else part.node_influence,
            )
            for part in one.in_graphs
        ],
    )


def _compared_sequence(one: compare.ComparedSequence, builders: list[AnswerBuilder]) -> ComparedSequence:
    return ComparedSequence(
        features=[FeatureName(layer=one[0], index=one[1], site=site_of(one)) for one in one.features],
        in_graphs=[
            part
            and SequenceInGraph(
                score=part.score,
                sources=[
                    SequenceSource(
                        id=build.key(node),
                        token=build.token(node),
                        position=int(build.graph.nodes.position[node]),
                        score=score,
                    )
                    for node, score in part.sources
                ],
            )
            for part, build in zip(one.in_graphs, builders, strict=True)
        ],
    )
