"""What the graphs of a collection share: features, and sequences of groups, each with in how many graphs it is.

Graphs are read one after another, and only names and figures are kept of each:

1. A feature's share of a graph is the node influence of its nodes there, over all influence that starts at the graph's
   stored tokens and errors, as the named query `collection-features` counts it.
2. Each graph's k best sequences towards its most probable logit are found by influence, with its nodes grouped as they
   are where nobody says otherwise. Prompts differ in their tokens and predictions, so sequences are the same if the
   names of the groups between both ends are, in which automatic groups call these ends "its token" and "its
   prediction". Sequences of one graph with the same names are one, and their shares add up. A feature that is in no
   group is told by itself.
"""

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from time import monotonic
from typing import Literal, NamedTuple, TypeAlias, TypeVar

import numpy as np
from pydantic import Field

from queries.errors import GraphNotFound, InvalidRequest, QueryTimeout
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.features import LabelOrigin, site_of
from queries.graph.labels import Label
from queries.graph.records import Record
from queries.groups.names import names_without_ends
from queries.limits import Limits
from queries.paths.groups import default_grouping, find_groups
from queries.paths.question import LABELS
from queries.paths.sequences import best_group_sequences
from queries.paths.space import PathQuery, PathSpace
from queries.store.store import GraphStore
from queries.words import DEFAULT_LABELS, DEFAULT_SHARED, MAX_SHARED, MAX_THROUGH, LabelRule

MOST_GRAPHS = 200
"""Graphs of a collection that are read, the newest first."""
SECONDS = 20.0
"""For all of them. A graph that is begun is ranked; then no other is read."""
SECONDS_EACH = 5.0
"""For the sequences of one."""
MOST_PARTS = 400_000
"""Features, counted in each graph, of which figures are kept; about 100 bytes each."""
MOST_SOURCES = 3
"""Tokens that are told of a sequence in a graph."""

K = TypeVar("K", bound=Hashable)
Part = TypeVar("Part")

_Feature: TypeAlias = tuple[str, str, int, int, str | None]
"""A Feature's model, set, layer, index and site."""
_Step: TypeAlias = str | _Feature
"""A group's name, or a feature that is in none."""


class SharedQuestion(Record):
    k: int = Field(
        DEFAULT_SHARED, ge=1, le=MAX_SHARED, description="Best group sequences taken of each graph"
    )
    min_graphs: int = Field(2, ge=1, le=MOST_GRAPHS, description="Only what so many graphs have")
    rows: int = Field(
        DEFAULT_SHARED, ge=1, le=MAX_SHARED, description="At most this many features, and as many sequences"
    )
    labels: LabelRule = Field(DEFAULT_LABELS, description=LABELS)


class ReadGraph(Record):
    """A graph that was read."""

    id: str
    name: str
    prompt: str
    target: str = Field(description="The token of its most probable logit, to which its sequences lead")
    group_by: Literal["label", "auto"] = Field(description="What its nodes are grouped by")
    ranked: bool = Field(
        description="Whether its sequences were found; false: they took too long, or too much"
    )


class FeaturePart(Record):
    """A feature in one graph."""

    graph: int = Field(description="The graph's place in `graphs`")
    share: float | None = Field(
        description="Node influence of its nodes, of all influence that starts at stored tokens and errors; null where "
        "that is not known"
    )
    node: str = Field(description="The id of its most influential node there")


class SharedFeature(Record):
    model: str
    transcoder_set: str
    layer: int
    index: int
    site: str | None = Field(description="Null: of the MLP; `attn`: of attention")
    label: str | None = Field(description="In the newest graph that has one")
    label_origin: LabelOrigin | None = Field(description="Null where there is no label")
    support: int = Field(description="In how many of the graphs it is")
    mean_share: float | None = Field(description="Mean over these, as far as it is known")
    in_graphs: list[FeaturePart] = Field(description="The largest share first")


class SharedStep(Record):
    """A group by its name, or a feature that is in no group."""

    name: str | None = Field(description="Null: a feature that is in no group")
    model: str | None = Field(None, description="Of a feature, as what follows")
    transcoder_set: str | None = None
    layer: int | None = None
    index: int | None = None
    site: str | None = Field(None, description="Null: of the MLP; `attn`: of attention")


class SequenceStart(Record):
    token: str
    position: int
    share: float


class SequencePart(Record):
    """A sequence in one graph."""

    graph: int = Field(description="The graph's place in `graphs`")
    share: float = Field(description="Of all influence on the graph's target, along it from any token")
    n_sources: int = Field(description="How many tokens it starts at")
    sources: list[SequenceStart] = Field(description=f"The {MOST_SOURCES} strongest of these")
    through: list[str] = Field(
        description=f"Selectors of its groups there, at most {MAX_THROUGH}; of the strongest, where several are one"
    )


class SharedSequence(Record):
    steps: list[SharedStep] = Field(description="From the token's side to the target's, without both")
    support: int = Field(description="Among how many graphs' best it is")
    mean_share: float = Field(description="Mean over these")
    in_graphs: list[SequencePart] = Field(description="The largest share first")


class SharedAnswer(Record):
    """What the graphs of a collection share: first what most of them have, then the strongest."""

    collection: str
    n_graphs: int = Field(description="How many graphs it has")
    graphs: list[ReadGraph] = Field(
        description=f"Those that were read, the newest first: at most {MOST_GRAPHS}, and as many as can be in "
        f"{SECONDS:g} seconds"
    )
    n_features: int = Field(description="Features that enough graphs have")
    features: list[SharedFeature]
    n_sequences: int = Field(description="Sequences that enough graphs have")
    sequences: list[SharedSequence]


def shared(store: GraphStore, collection: str, question: SharedQuestion, limits: Limits) -> SharedAnswer:
    """What the newest graphs of a collection share: as many as can be read in time.

    Raises CollectionNotFound, QueryTimeout, ClientLeft.
    """
    n_graphs = store.collections.one(collection).n_graphs
    until = min(monotonic() + SECONDS, limits.until - SECONDS_EACH)
    found = Collected(question)
    for record in store.graphs(MOST_GRAPHS, collection=collection):
        limits.check()
        if found.is_full or (found.graphs and monotonic() > until):
            break
        with suppress(GraphNotFound):  # it was deleted meanwhile
            graph = store.read(record.id)
            found.add(graph, Limits(limits.left, min(SECONDS_EACH, limits.until - monotonic())))
    return found.answer(collection, n_graphs)


class _OfSequence(NamedTuple):
    graph: int
    share: float
    n_sources: int
    sources: tuple[SequenceStart, ...]
    through: tuple[str, ...]


class Collected:
    """What is kept of the graphs that were read so far."""

    def __init__(self, question: SharedQuestion) -> None:
        self._question = question
        self.graphs: list[ReadGraph] = []
        self._features: dict[_Feature, list[tuple[int, float, str]]] = {}
        self._labels: dict[_Feature, Label] = {}
        self._sequences: dict[tuple[_Step, ...], list[_OfSequence]] = {}
        self._n_parts = 0

    @property
    def is_full(self) -> bool:
        """Whether no further graph is to be read."""
        return len(self.graphs) >= MOST_GRAPHS or self._n_parts >= MOST_PARTS

    def add(self, graph: AttributionGraph, limits: Limits) -> None:
        """Keep what is to know of one more graph. The limits are its own. Raises ClientLeft."""
        graph = graph.with_labels(self._question.labels)
        place, by = len(self.graphs), default_grouping(graph)
        space = PathSpace(graph, PathQuery(k=self._question.k))
        for feature, share, node, label in _features(graph):
            self._features.setdefault(feature, []).append((place, share, node))
            self._n_parts += 1
            if label is not None:
                self._labels.setdefault(feature, label)
        is_ranked = True
        try:
            for steps, part in _sequences(place, graph, space, by, limits):
                self._sequences.setdefault(steps, []).append(part)
        except (QueryTimeout, InvalidRequest):  # the other graphs, and its features, are told all the same
            is_ranked = False
        target = graph.nodes.token[int(space.targets[0])] or ""
        record = graph.record
        self.graphs.append(
            ReadGraph(
                id=record.id,
                name=record.name,
                prompt=record.prompt,
                target=target,
                group_by=by,
                ranked=is_ranked,
            )
        )

    def answer(self, collection: str, n_graphs: int) -> SharedAnswer:
        """What the graphs share. `n_graphs`: how many the collection has."""
        least, rows = self._question.min_graphs, self._question.rows
        features = _ranked(self._features, least, lambda parts: [share for _, share, _ in parts])
        sequences = _ranked(self._sequences, least, lambda parts: [part.share for part in parts])
        return SharedAnswer(
            collection=collection,
            n_graphs=n_graphs,
            graphs=self.graphs,
            n_features=len(features),
            features=[self._feature(one) for one in features[:rows]],
            n_sequences=len(sequences),
            sequences=[self._sequence(one) for one in sequences[:rows]],
        )

    def _feature(self, feature: _Feature) -> SharedFeature:
        model, transcoder_set, layer, index, site = feature
        parts, label = self._features[feature], self._labels.get(feature)
        in_graphs = [
            FeaturePart(
                graph=place,
                share=None if math.isnan(share) else share,
                node=f"{self.graphs[place].id}/{node}",
            )
            for place, share, node in sorted(parts, key=lambda part: (-np.nan_to_num(part[1]), part[0]))
        ]
        return SharedFeature(
            model=model,
            transcoder_set=transcoder_set,
            layer=layer,
            index=index,
            site=site,
            label=label and label.text,
            label_origin=label and label.origin,
            support=len(parts),
            mean_share=_mean([share for _, share, _ in parts]),
            in_graphs=in_graphs,
        )

    def _sequence(self, steps: tuple[_Step, ...]) -> SharedSequence:
        parts = self._sequences[steps]
        return SharedSequence(
            steps=[_step(step) for step in steps],
            support=len(parts),
            mean_share=math.fsum(part.share for part in parts) / len(parts),
            in_graphs=[
                SequencePart(
                    graph=part.graph,
                    share=part.share,
                    n_sources=part.n_sources,
                    sources=list(part.sources),
                    through=list(part.through),
                )
                for part in sorted(parts, key=lambda part: (-part.share, part.graph))
            ],
        )


def _ranked(
    found: Mapping[K, list[Part]], least: int, shares: Callable[[list[Part]], list[float]]
) -> list[K]:
    """What at least so many graphs have: first what most of them do, then the largest mean shares."""
    means = {one: _mean(shares(parts)) or 0.0 for one, parts in found.items() if len(parts) >= least}
    return sorted(means, key=lambda one: (-len(found[one]), -means[one], str(one)))


def _mean(shares: list[float]) -> float | None:
    known = [share for share in shares if not math.isnan(share)]
    return math.fsum(known) / len(known) if known else None


def _features(graph: AttributionGraph) -> Iterator[tuple[_Feature, float, str, Label | None]]:
    """Each feature of a graph with its share, NaN where it is not known, the end of the id of its most
    influential node, and a label."""
    nodes, record = graph.nodes, graph.record
    influence = np.nan_to_num(nodes.node_influence)
    starts = (nodes.kind == NodeKind.EMBEDDING) | (nodes.kind == NodeKind.ERROR)
    total = float(influence[starts].sum())
    features, members = nodes.feature_ids(), dict[Hashable, list[int]]()
    for node in nodes.of_kind(NodeKind.FEATURE).tolist():
        members.setdefault(features[node], []).append(node)
    strongest = [max(each, key=lambda node: float(influence[node])) for each in members.values()]
    ends = nodes.keys("", np.array(strongest, dtype=np.int64))
    for each, node, end in zip(members.values(), strongest, ends, strict=True):
        layer, index, *_ = features[node]
        site = site_of(features[node])
        share = float(influence[each].sum()) / total if total > 0.0 else math.nan
        label = next((label for node in each if (label := graph.shown[node]) is not None), None)
        yield (record.model, record.feature_set(site), layer, index, site), share, end.lstrip("/"), label


def _sequences(
    place: int, graph: AttributionGraph, space: PathSpace, by: Literal["label", "auto"], limits: Limits
) -> list[tuple[tuple[_Step, ...], _OfSequence]]:
    """A graph's best sequences by the groups between their ends. Raises QueryTimeout, ClientLeft, InvalidRequest."""
    (number, names), automatic = find_groups(graph, space, by)
    limits.check()
    nodes, record = graph.nodes, graph.record
    features = nodes.feature_ids()
    ranked = best_group_sequences(space, number, best_members=0, limits=limits)
    positions = {int(nodes.position[one.steps[0][0]]) for one in ranked}
    without_ends = dict[int, list[str]]()
    if automatic is not None and automatic.cut is not None:
        without_ends = names_without_ends(graph, automatic.cut, int(space.targets[0]), positions)

    def step_of(node: int, position: int) -> tuple[_Step, str]:
        """The group of a node on a path from a position, and a selector of it."""
        if (name := names[int(number[node])]) is None:
            layer, index, *_ = features[node]
            site = site_of(features[node])
            selector = f"feature:{layer}/{index}" + (f"/{site}" if site else "")
            return (record.model, record.feature_set(site), layer, index, site), selector
        if automatic is None:
            return name, f"label:{name}"
        return without_ends[position][int(automatic.number[node])], f"group:{name}"

    found: dict[tuple[_Step, ...], list[tuple[SequenceStart, tuple[str, ...]]]] = {}
    for one in ranked:
        (source,), *between, _ = one.steps
        position = int(nodes.position[source])
        start = SequenceStart(token=nodes.token[source] or "", position=position, share=one.score)
        steps = [step_of(step[0], position) for step in between]
        through = tuple(selector for _, selector in steps[:MAX_THROUGH])
        found.setdefault(tuple(step for step, _ in steps), []).append((start, through))
    return [
        (
            steps,
            _OfSequence(
                place,
                math.fsum(start.share for start, _ in ways),
                len({start.position for start, _ in ways}),
                tuple(start for start, _ in ways[:MOST_SOURCES]),
                ways[0][1],
            ),
        )
        for steps, ways in found.items()
    ]


def _step(step: _Step) -> SharedStep:
    if isinstance(step, str):
        return SharedStep(name=step)
    model, transcoder_set, layer, index, site = step
    return SharedStep(
        name=None, model=model, transcoder_set=transcoder_set, layer=layer, index=index, site=site
    )
