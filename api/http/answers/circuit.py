"""A circuit as an answer: the one that was chosen, and the one that somebody drew."""

import math
from typing import Literal

from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, GroupStep, PathEffect, path_effect
from api.http.answers.paths import Ends, ends
from queries.circuit.chance import Spread
from queries.circuit.circuit import Circuit
from queries.circuit.drawn import DrawnCircuit
from queries.graph.influence import GraphScores
from queries.graph.records import Record
from queries.paths.question import CircuitQuestion
from queries.words import GroupBy


class CircuitNodeAnswer(Record):
    group: GroupStep
    flow: float = Field(
        description="The influence along the circuit's paths that contain it; of a group, the sum over its nodes"
    )


class CircuitLinkAnswer(Record):
    source: int = Field(description="Place in `nodes`")
    target: int
    effect: PathEffect = Field(description="Of the circuit's paths along the edges between the two")


class CircuitScores(Record):
    """As Neuronpedia counts them: a feature that is left out is an error of its layer and position."""

    replacement: float | None = Field(description="Null where neither tokens nor errors have influence")
    completeness: float


class FigureSpread(Record):
    mean: float
    deviation: float = Field(description="The standard deviation over the random circuits")


class RandomCircuits(Record):
    """Circuits of as many features, drawn at random in the same layers, at the last token and before it. The graph's id
    is the seed."""

    n: int
    explained: FigureSpread
    replacement: FigureSpread | None
    completeness: FigureSpread | None


class DrawnLinkAnswer(Record):
    source: int = Field(description="Place in `nodes`")
    target: int
    share: float = Field(
        description="The part that the source has in the input of the target's nodes, their mean; negative where it "
        "inhibits"
    )
    effect: PathEffect = Field(
        description="Of the paths that begin at the source and go first to the target, whatever they run over then"
    )


class DrawnAnswer(Ends):
    """What a drawn circuit explains, its links and its scores.

    All shares are of the targets' total absolute influence, which is 1. Tokens and targets count whether they are drawn
    or not.
    """

    graph: str
    nodes: list[CircuitNodeAnswer] = Field(
        description="Supernodes, then pinned nodes, as they were given; without those that hold no further node"
    )
    links: list[DrawnLinkAnswer] = Field(description="All between different nodes, by their influence")
    n_features: int
    explained: float = Field(
        description="What the paths carry that lead from a source over drawn features only to a target"
    )
    effect: PathEffect = Field(description="Of the same paths")
    matching: float = Field(description="The same over all features")
    total: float = Field(description="What comes from the sources, over all paths")
    hidden: float | None = Field(
        description="What paths over features carry that `hide_bos` leaves out; null where it leaves out none"
    )
    scores: CircuitScores | None = Field(
        description="Of the graph with the drawn features only; null for a graph with attention features, or without "
        "probabilities"
    )
    whole_scores: CircuitScores | None = Field(description="Of the whole stored graph")
    random: RandomCircuits | None = Field(description="Null where none are asked for, or no feature is drawn")


class CircuitAnswer(Ends):
    """The few groups of feature nodes that explain most of the targets' influence, and the links between them.

    All shares are of the targets' total absolute influence, which is 1.
    """

    graph: str
    group_by: Literal["none", GroupBy]
    nodes: list[CircuitNodeAnswer] = Field(
        description="Sources, then groups, then targets, each by their flow"
    )
    links: list[CircuitLinkAnswer] = Field(description="By their influence")
    explained: float = Field(
        description="What the paths carry that lead from a source over nodes of the circuit's groups only to a target"
    )
    effect: PathEffect = Field(description="Of the same paths")
    matching: float = Field(description="The same over all features")
    total: float = Field(description="What comes from the sources, over all paths")
    hidden: float | None = Field(
        description="What paths over features carry that `hide_bos` leaves out; null where it leaves out none"
    )
    at_most: float = Field(description="No circuit of as many groups explains more")
    method: Literal["exact", "exchanges"] = Field(
        description="`exact`: all circuits of as many groups were tried; `exchanges`: none explains more that has one "
        "group in place of another, as far as tried"
    )
    scores: CircuitScores | None = Field(
        description="Of the graph with the circuit's features only; null for a graph with attention features, or "
        "without probabilities"
    )
    whole_scores: CircuitScores | None = Field(description="Of the whole stored graph")


def circuit(question: CircuitQuestion, found: Circuit) -> CircuitAnswer:
    build = AnswerBuilder(found.graph)
    return CircuitAnswer(
        graph=found.graph.record.id,
        group_by=question.group_by,
        **ends(build, found.targets, found.rather_than, is_whole=False),
        nodes=[
            CircuitNodeAnswer(group=build.step(list(one.nodes), one.name), flow=one.flow)
            for one in found.nodes
        ],
        links=[
            CircuitLinkAnswer(source=one.source, target=one.target, effect=path_effect(one.effect))
            for one in found.links
        ],
        explained=found.choice.explained,
        effect=path_effect(found.effect),
        matching=found.matching,
        total=found.total,
        hidden=found.hidden,
        at_most=found.choice.at_most,
        method="exact" if found.choice.is_best else "exchanges",
        scores=_scores(found.scores),
        whole_scores=_scores(found.whole_scores),
    )


def drawn_circuit(found: DrawnCircuit) -> DrawnAnswer:
    build, random = AnswerBuilder(found.graph), found.random
    return DrawnAnswer(
        graph=found.graph.record.id,
        **ends(build, found.targets, found.rather_than, is_whole=False),
        nodes=[
            CircuitNodeAnswer(group=build.step(list(one.nodes), one.name), flow=one.flow)
            for one in found.nodes
        ],
        links=[
            DrawnLinkAnswer(
                source=one.source, target=one.target, share=one.share, effect=path_effect(one.effect)
            )
            for one in found.links
        ],
        n_features=found.n_features,
        explained=found.effect.influence,
        effect=path_effect(found.effect),
        matching=found.matching,
        total=found.total,
        hidden=found.hidden,
        scores=_scores(found.scores),
        whole_scores=_scores(found.whole_scores),
        random=random
        and RandomCircuits(
            n=random.n,
            explained=_spread(random.explained),
            replacement=random.replacement and _spread(random.replacement),
            completeness=random.completeness and _spread(random.completeness),
        ),
    )


def _spread(found: Spread) -> FigureSpread:
    return FigureSpread(mean=found.mean, deviation=found.deviation)


def _scores(scores: GraphScores | None) -> CircuitScores | None:
    if scores is None:
        return None
    replacement = None if math.isnan(scores.replacement) else scores.replacement
    return CircuitScores(replacement=replacement, completeness=scores.completeness)
