"""A question about a graph's paths as it comes over HTTP, in selectors, and the space of paths that it asks for."""

from typing import Any, Literal

import numpy as np
from pydantic import Field

from queries.errors import InvalidRequest
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from queries.graph.records import Record
from queries.graph.tokens import begins_with_bos
from queries.groups.automatic import AutomaticGroups
from queries.paths.groups import WITH_UNLABELLED, Grouping, find_groups, is_automatic
from queries.paths.scores import ScoreName
from queries.paths.selectors import Role, select, select_one
from queries.paths.space import PathQuery, PathSpace
from queries.words import (
    ANY_OF_MEANING,
    DEFAULT_CIRCUIT,
    DEFAULT_LABELS,
    DEFAULT_MIN_LENGTH,
    DEFAULT_PATHS,
    DEFAULT_SEQUENCES,
    MAX_BEST_MEMBERS,
    MAX_CIRCUIT,
    MAX_GRAPHS,
    MAX_GROUPS,
    MAX_LENGTH,
    MAX_MEMBERS,
    MAX_NAME,
    MAX_PATHS,
    MAX_PINNED,
    MAX_RANDOM,
    MAX_SELECTORS,
    MAX_SEQUENCES,
    MAX_SUPERNODES,
    MAX_THROUGH,
    MIN_GROUPS,
    SELECTORS,
    CompareBy,
    GroupBy,
    LabelRule,
    Side,
    Sign,
    Unlabelled,
)

LABELS = (
    "Which labels show and group: `own` (of people, the graph itself and explanations), `borrowed` (also of other "
    "stored graphs of the transcoder set), `made` (also names made from top logits)"
)
VIEW = (
    "The view whose supernodes and pins are meant; unless given the `file`'s own, in a graph without it the one that "
    "was changed last"
)
GRAMMAR = "; ".join(f"`{form}` ({meaning})" for form, meaning in SELECTORS.items()) + f"; {ANY_OF_MEANING}"


def _selectors(description: str, most: int = MAX_SELECTORS) -> Any:
    return Field(default_factory=list, max_length=most, description=description)


class _Towards(Record):
    """The nodes where paths end. Every value is a selector; several may be given."""

    target: list[str] = _selectors(
        "Where they end: logits, weighted by their probabilities, or one feature node; the most probable "
        "logit unless given"
    )
    rather_than: str | None = Field(
        None,
        description="A selector of one other logit: paths end at the difference of the target, which is one logit, and "
        "this one. Its inputs are the differences of the two logits' inputs, and its shares are over them",
    )

    view: str | None = Field(None, description=VIEW)

    def other_logit(self, graph: AttributionGraph) -> int | None:
        """The logit that the target's difference is from. Raises InvalidRequest."""
        return None if self.rather_than is None else select_one(graph, "rather_than", self.rather_than)


def _number(description: str) -> Any:
    return Field(None, ge=MIN_GROUPS, le=MAX_GROUPS, description=description)


class GroupsQuestion(_Towards):
    """The automatic groups towards a target."""

    groups: int | None = _number(
        "How many, where there are so many features; the graph's own number unless given"
    )
    labels: LabelRule = Field(DEFAULT_LABELS, description=LABELS)

    def space(self, graph: AttributionGraph) -> PathSpace:
        """The space of all paths to the target. Raises InvalidRequest."""
        query = PathQuery(
            targets=_chosen(graph, "target", self.target), rather_than=self.other_logit(graph), min_length=1
        )
        return PathSpace(graph, query)


class _Between(_Towards):
    """The nodes between which paths run. Every value is a selector; several may be given."""

    source: list[str] = _selectors("Where paths begin, all embedding nodes unless given: " + GRAMMAR)
    avoid: list[str] = _selectors("No path contains one of these")
    labels: LabelRule = Field(DEFAULT_LABELS, description=LABELS)
    hide_bos: bool = Field(
        False,
        description="Leave out paths that begin at the token before the text, such as `<bos>`, and say what they carry",
    )

    def hidden(self, graph: AttributionGraph) -> int | None:
        """The source whose paths `hide_bos` leaves out; None where there is none. Raises InvalidRequest."""
        if not self.hide_bos or not begins_with_bos(graph.record.tokens):
            return None
        nodes, sources = graph.nodes, _chosen(graph, "source", self.source)
        is_bos = (nodes.kind == NodeKind.EMBEDDING) & (nodes.position == 0)
        is_bos[list(select(graph, "avoid", self.avoid))] = False
        found = [node for node in np.flatnonzero(is_bos).tolist() if sources is None or node in sources]
        return found[0] if found else None

    def avoided(self, graph: AttributionGraph) -> tuple[int, ...]:
        """The nodes that no path contains. Raises InvalidRequest."""
        avoided, hidden = select(graph, "avoid", self.avoid), self.hidden(graph)
        return avoided if hidden is None else (*avoided, hidden)

    def _query(self, graph: AttributionGraph, min_length: int = DEFAULT_MIN_LENGTH) -> PathQuery:
        """The paths between these nodes. Raises InvalidRequest."""
        return PathQuery(
            sources=_chosen(graph, "source", self.source),
            targets=_chosen(graph, "target", self.target),
            rather_than=self.other_logit(graph),
            avoid=self.avoided(graph),
            min_length=min_length,
        )


class _Grouped(_Between):
    """What takes nodes together."""

    group_by: Literal["none", GroupBy] = Field(
        "none",
        description="Feature nodes are taken together by this, nodes of other kinds by `supernode` only",
    )
    unlabelled: Unlabelled = Field(
        "own",
        description="Feature nodes without a label or supernode: groups of their `own`, all of them `one`, or "
        "automatic groups (`auto`)",
    )
    groups: int | None = _number(
        "How many automatic groups, where there are so many features; the graph's own number unless given"
    )

    def grouping(
        self, graph: AttributionGraph, space: PathSpace
    ) -> tuple[Grouping, AutomaticGroups | None] | None:
        """The groups, and those of them that are automatic; None where single paths are asked for."""
        if self.group_by == "none":
            return None
        return find_groups(graph, space, self.group_by, self.unlabelled, self.groups)

    def _check(self) -> None:
        """Raises InvalidRequest."""
        if self.groups is not None and not is_automatic(self.group_by, self.unlabelled):
            raise InvalidRequest(
                "groups",
                "is the number of automatic groups: ask for group_by=auto, or for unlabelled=auto with "
                + " or ".join(WITH_UNLABELLED),
            )


class FlowQuestion(_Grouped):
    """The paths whose flow is counted."""

    via: str | None = Field(
        None, description="A selector of one node: only paths that contain it too are counted"
    )

    def space(self, graph: AttributionGraph) -> PathSpace:
        """The space of the counted paths. Raises InvalidRequest."""
        self._check()
        if self.via is not None and self.group_by != "none":
            raise InvalidRequest("via", "counts nodes, not groups: leave out group_by")
        return PathSpace(graph, self._query(graph, min_length=1))


class CircuitQuestion(_Grouped):
    """The few groups of feature nodes that explain most; without `group_by` every feature node is one."""

    nodes: int | None = Field(
        None, ge=1, le=MAX_CIRCUIT, description=f"How many groups; {DEFAULT_CIRCUIT} unless given"
    )
    share: float | None = Field(
        None,
        gt=0.0,
        le=1.0,
        description="Instead of `nodes`: the fewest groups that explain this share of what all features do",
    )

    def space(self, graph: AttributionGraph) -> PathSpace:
        """The space of the paths over at least one feature. Raises InvalidRequest."""
        self._check()
        if self.nodes is not None and self.share is not None:
            raise InvalidRequest("share", "give nodes or share, not both")
        return PathSpace(graph, self._query(graph))


class NamedNodes(Record):
    """Nodes under a name."""

    name: str = Field(max_length=MAX_NAME)
    nodes: list[str] = Field(
        min_length=1, max_length=MAX_MEMBERS, description="Their ids, or the ends of these"
    )


class DrawnQuestion(_Between):
    """A circuit that somebody drew. Its feature nodes are what paths may lead over; the nodes of other kinds are shown
    with their links."""

    supernodes: list[NamedNodes] = Field(
        default_factory=list,
        max_length=MAX_SUPERNODES,
        description="Of a node that several hold, the first one counts",
    )
    pinned: list[str] = Field(
        default_factory=list,
        max_length=MAX_PINNED,
        description="Ids of further nodes, or the ends of these; those in supernodes are left out",
    )
    random: int = Field(
        0, ge=0, le=MAX_RANDOM, description="How many random circuits are scored beside it; 0: none"
    )

    def space(self, graph: AttributionGraph) -> PathSpace:
        """The space of the paths over at least one feature. Raises InvalidRequest."""
        return PathSpace(graph, self._query(graph))


class PathsQuestion(_Grouped):
    """The paths to rank. Filters combine."""

    k: int = Field(DEFAULT_PATHS, ge=1, le=MAX_PATHS, description="How many")
    score: ScoreName = Field("influence", description="By what they are ranked: see `/api/scores`")
    through: list[str] = _selectors(
        "Every one of these is met by a node of the path, in any order; its ends count", MAX_THROUGH
    )
    sign: Sign | None = Field(
        None, description="Of the weights: all of them positive, or their product positive or negative"
    )
    side: Side | None = Field(
        None,
        description="Only paths that raise the target, or that lower it; group sequences that do so on balance, "
        "ranked by the difference of their two sides",
    )
    min_length: int = Field(DEFAULT_MIN_LENGTH, ge=1, le=MAX_LENGTH, description="Edges")
    max_length: int | None = Field(None, ge=1, le=MAX_LENGTH, description="Edges")
    best_members: int = Field(
        1, ge=0, le=MAX_BEST_MEMBERS, description="Best single paths answered with each group sequence"
    )
    unpruned: bool = Field(
        False, description="Rank the whole trace that the graph was pruned from, which takes seconds"
    )

    def space(self, graph: AttributionGraph) -> PathSpace:
        """The space of the paths to rank. Raises InvalidRequest."""
        self._check()
        if self.group_by != "none" and self.k * max(1, self.best_members) > MAX_PATHS:
            raise InvalidRequest(
                "best_members",
                f"{self.k:,} groups of {self.best_members} members each are more than {MAX_PATHS:,} paths",
            )
        query = PathQuery(
            k=self.k,
            score=self.score,
            sources=_chosen(graph, "source", self.source),
            targets=_chosen(graph, "target", self.target),
            rather_than=self.other_logit(graph),
            through=tuple(select(graph, "through", [text]) for text in self.through),
            avoid=self.avoided(graph),
            sign=self.sign,
            side=self.side,
            min_length=self.min_length,
            max_length=self.max_length,
        )
        return PathSpace(graph, query)


class CompareQuestion(Record):
    """What is compared of several graphs."""

    k: int = Field(
        DEFAULT_SEQUENCES, ge=1, le=MAX_SEQUENCES, description="Best sequences taken of each graph"
    )
    group_by: CompareBy = Field(
        "feature",
        description="What makes feature nodes one step of a path: their feature; their label, or their supernode, and "
        "the feature of those without",
    )
    target: list[str] = Field(
        default_factory=list,
        max_length=MAX_GRAPHS,
        description="A selector of one node for each graph, in their order: the logit, or the feature node, where its "
        "paths end. An empty one, or none at all: the most probable logit",
    )
    hide_bos: bool = Field(
        False,
        description="Leave out paths that begin at the token before the text, such as `<bos>`, and say what they carry",
    )
    labels: LabelRule = Field(DEFAULT_LABELS, description=LABELS)

    def of_graph(self, place: int) -> PathsQuestion:
        """The question about the paths of the graph at this place."""
        target = self.target[place] if self.target else ""
        return PathsQuestion(target=[target] if target else [], hide_bos=self.hide_bos)


def _chosen(graph: AttributionGraph, role: Role, texts: list[str]) -> tuple[int, ...] | None:
    return select(graph, role, texts) if texts else None
