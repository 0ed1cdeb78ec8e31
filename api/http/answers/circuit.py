"""A circuit as an answer."""

import math
from typing import Literal

from pydantic import Field

from api.http.answers.nodes import AnswerBuilder, GroupStep, PathEffect, path_effect
from api.http.answers.paths import Ends, ends
from queries.circuit.circuit import Circuit
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


def _scores(scores: GraphScores | None) -> CircuitScores | None:
    if scores is None:
        return None
    replacement = None if math.isnan(scores.replacement) else scores.replacement
    return CircuitScores(replacement=replacement, completeness=scores.completeness)
