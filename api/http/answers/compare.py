"""A comparison of graphs as an answer."""

import math
from collections.abc import Callable, Iterable

from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, PathEffect, PathNode, path_effect
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import FeatureId, LabelOrigin, site_of
from queries.graph.records import Record
from queries.limits import Limits
from queries.paths import compare
from queries.paths.question import CompareQuestion
from queries.paths.sequences import SumsOfSequence
from queries.words import MAX_GRAPHS, MIN_GRAPHS, CompareBy


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


class CompareRequest(CompareQuestion):
    graphs: str = Field(
        description=f"{MIN_GRAPHS} to {MAX_GRAPHS} graph ids, separated by commas; a graph may come twice, with "
        "different targets"
    )

    @property
    def graph_ids(self) -> list[str]:
        """Raises InvalidRequest."""
        graph_ids = self.graphs.split(",")
        compare.check_named(graph_ids, self)
        return graph_ids


class SequenceStep(Record):
    """A step between source and target, the same in every graph."""

    name: str | None = Field(
        description="The label or supernode that makes it; of a feature its label, in the first of the graphs with "
        "the sequence that has one. Null: a feature without"
    )
    is_group: bool = Field(description="Whether the name makes the step, whatever features have it")
    layer: int | None = Field(description="Of a feature; null where the name makes the step")
    index: int | None
    site: str | None = None


class SequenceSource(Record):
    id: str
    token: str
    position: int
    score: float = Field(description="Influence along all paths from here through the sequence's steps")


class SequenceInGraph(Record):
    score: float = Field(
        description="Influence along all paths through the sequence's steps, whatever they begin at"
    )
    effect: PathEffect = Field(description="Of the same paths")
    sources: list[SequenceSource] = Field(description="Where they begin, best first")
    nodes: list[list[str]] = Field(description="For each step the ids of its nodes that lie on them")


class ComparedSequence(Record):
    """One sequence of steps between a token and the target, in each graph."""

    steps: list[SequenceStep] = Field(description="From the source's side to the target's")
    in_graphs: list[SequenceInGraph | None] = Field(
        description="One for each graph, in the order asked; null: it has no such path"
    )


class ComparedGraph(Record):
    id: str
    name: str
    prompt: str
    model: str
    transcoder_set: str
    target: PathNode = Field(description="Where the sequences lead: the most probable logit unless asked")
    matching: float = Field(description="Influence on the target from embeddings over at least one feature")
    effect: PathEffect = Field(description="Of the same paths")
    hidden: float | None = Field(
        description="What the paths carry that `hide_bos` leaves out; null where it leaves out none"
    )
    covered: float = Field(description="What the sequences carry that are answered here")
    covered_shared: float = Field(description="Of these, those that every graph has")
    n_features: int
    n_distinct_features: int | None = Field(
        description="That no other of the graphs has; null where graphs can share none"
    )


class CompareAnswer(Record):
    """What graphs have in common. Features and sequences: first those of most graphs, then the strongest.

    Graphs of several models or transcoder sets can share no feature: what tells of these is null.
    """

    model: str | None = Field(description="Of all the graphs; null where they have several")
    transcoder_set: str | None
    group_by: CompareBy
    graphs: list[ComparedGraph]
    shared: list[ComparedFeature] | None = Field(description="Features that every graph has")
    partly_shared: list[ComparedFeature] | None = Field(
        description="Features of several graphs, but not of all"
    )
    distinct: list[ComparedFeature] | None = Field(description="Features of one graph only")
    sequences: list[ComparedSequence]


def comparison(graphs: list[AttributionGraph], question: CompareQuestion, limits: Limits) -> CompareAnswer:
    """Raises InvalidRequest, IncomparableGraphs, and like `Limits`."""
    found = compare.compare(graphs, question, limits)
    builders = [AnswerBuilder(graph) for graph in graphs]
    labels = _labels(found)

    def features(condition: Callable[[int], bool]) -> list[ComparedFeature] | None:
        """The features whose number of graphs fulfils the condition."""
        if found.features is None:
            return None
        return [_compared_feature(one, builders) for one in found.features if condition(len(one.in_graphs))]

    return CompareAnswer(
        model=_common(graph.record.model for graph in graphs),
        transcoder_set=_common(graph.record.transcoder_set for graph in graphs),
        group_by=question.group_by,
        graphs=[_compared_graph(place, build, found) for place, build in enumerate(builders)],
        shared=features(lambda n: n == len(graphs)),
        partly_shared=features(lambda n: 1 < n < len(graphs)),
        distinct=features(lambda n: n == 1),
        sequences=[_compared_sequence(one, builders, labels) for one in found.sequences],
    )


def _common(values: Iterable[str]) -> str | None:
    """The value that all have."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _labels(found: compare.Comparison) -> dict[tuple[FeatureId, int], str]:
    """What a feature is called in the graph at a place."""
    return {
        (one.feature, part.graph): part.label.text
        for one in found.features or []
        for part in one.in_graphs
        if part.label is not None
    }


def _compared_graph(place: int, build: AnswerBuilder, found: compare.Comparison) -> ComparedGraph:
    record, totals = build.graph.record, found.totals[place]
    features, distinct = build.graph.nodes.feature_ids(), None
    n_features = len({features[node] for node in build.graph.nodes.of_kind(NodeKind.FEATURE).tolist()})
    if found.features is not None:
        alone = [one.in_graphs[0].graph for one in found.features if len(one.in_graphs) == 1]
        distinct = alone.count(place)
    parts = [
        (one, part.effect.influence) for one in found.sequences if (part := one.in_graphs[place]) is not None
    ]
    return ComparedGraph(
        id=record.id,
        name=record.name,
        prompt=record.prompt,
        model=record.model,
        transcoder_set=record.transcoder_set,
        target=build.node(found.targets[place]),
        matching=totals.matching,
        effect=path_effect(totals.effect),
        hidden=found.hidden[place],
        covered=math.fsum(score for _, score in parts),
        covered_shared=math.fsum(score for one, score in parts if None not in one.in_graphs),
        n_features=n_features,
        n_distinct_features=distinct,
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


def _compared_sequence(
    one: compare.ComparedSequence, builders: list[AnswerBuilder], labels: dict[tuple[FeatureId, int], str]
) -> ComparedSequence:
    having = [place for place, part in enumerate(one.in_graphs) if part is not None]

    def called(feature: FeatureId) -> str | None:
        return next((labels[feature, place] for place in having if (feature, place) in labels), None)

    return ComparedSequence(
        steps=[_step(step, None if step.feature is None else called(step.feature)) for step in one.steps],
        in_graphs=[
            part and _sequence_in_graph(part, build)
            for part, build in zip(one.in_graphs, builders, strict=True)
        ],
    )


def _step(step: compare.Step, label: str | None) -> SequenceStep:
    if step.feature is None:
        return SequenceStep(name=step.name, is_group=True, layer=None, index=None)
    layer, index, *_ = step.feature
    return SequenceStep(name=label, is_group=False, layer=layer, index=index, site=site_of(step.feature))


def _sequence_in_graph(part: SumsOfSequence, build: AnswerBuilder) -> SequenceInGraph:
    return SequenceInGraph(
        score=part.effect.influence,
        effect=path_effect(part.effect),
        sources=[
            SequenceSource(
                id=build.key(node),
                token=build.token(node),
                position=int(build.graph.nodes.position[node]),
                score=score,
            )
            for node, score in part.sources
        ],
        nodes=[[build.key(node) for node in step] for step in part.steps[1:-1]],
    )
