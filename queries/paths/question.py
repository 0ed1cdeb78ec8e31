"""A question about a graph's paths as people put it, in selectors, and its answer in ordinals."""

import math
from dataclasses import replace
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field

from queries.errors import InvalidRequest
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph, Edges
from queries.graph.records import Record
from queries.paths.groups import group_nodes
from queries.paths.selectors import Role, select
from queries.paths.sequences import GroupSequence, best_group_sequences
from queries.paths.space import MAX_PATHS, MAX_THROUGH, Path, PathQuery, PathSpace, Totals, best_paths
from queries.words import SELECTORS, GroupBy, ScoreName, Sign, Unlabelled

GRAMMAR = "; ".join(f"`{form}` ({meaning})" for form, meaning in SELECTORS.items())
MAX_SELECTORS = 100


def _selectors(description: str, most: int = MAX_SELECTORS) -> Any:
    return Field(default_factory=list, max_length=most, description=description)


class _Between(Record):
    """Between which nodes. Every value is a selector, of which several may be given."""

    source: list[str] = _selectors("Where paths begin, all embedding nodes unless given: " + GRAMMAR)
    target: list[str] = _selectors(
        "Where they end: logits, weighted by their probabilities, or one feature node; the most probable "
        "logit unless given"
    )
    avoid: list[str] = _selectors("No path contains one of these")
    group_by: Literal["none", GroupBy] = Field(
        "none",
        description="Feature nodes are taken together by this, nodes of other kinds by `supernode` only",
    )
    unlabelled: Unlabelled = Field(
        "own",
        description="Feature nodes without a label or supernode: groups of their `own`, or all of them `one`",
    )


class FlowQuestion(_Between):
    """Which paths flow is counted of."""

    via: str | None = Field(
        None, description="A selector of one node: only paths that contain it too are counted"
    )

    def space(self, graph: AttributionGraph) -> PathSpace:
        """Raises InvalidRequest."""
        if self.via is not None and self.group_by != "none":
            raise InvalidRequest("via", "counts nodes, not groups: leave out group_by")
        query = PathQuery(
            sources=_chosen(graph, "source", self.source),
            targets=_chosen(graph, "target", self.target),
            avoid=select(graph, "avoid", self.avoid),
            min_length=1,
        )
        return PathSpace(graph, query)


class PathsQuestion(_Between):
    """Which paths. Filters combine."""

    k: int = Field(10, ge=1, le=MAX_PATHS, description="How many")
    score: ScoreName = Field("influence", description="By what they are ranked: see `/api/scores`")
    through: list[str] = _selectors(
        "Every one of these is met by a node of the path, in any order; its ends count", MAX_THROUGH
    )
    sign: Sign | None = Field(
        None, description="Of the weights: all of them positive, or their product positive or negative"
    )
    min_length: int = Field(2, ge=1, le=1000, description="Edges")
    max_length: int | None = Field(None, ge=1, le=1000, description="Edges")
    best_members: int = Field(
        1, ge=0, le=100, description="Best single paths answered with each group sequence"
    )
    unpruned: bool = Field(
        False, description="Rank the whole trace that the graph was pruned from, which takes seconds"
    )

    def space(self, graph: AttributionGraph) -> PathSpace:
        """Raises InvalidRequest."""
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
            through=tuple(select(graph, "through", [text]) for text in self.through),
            avoid=select(graph, "avoid", self.avoid),
            sign=self.sign,
            min_length=self.min_length,
            max_length=self.max_length,
        )
        return PathSpace(graph, query)


class Ranking(Record):
    """The best paths or group sequences to a target, in ordinals of the graph, with the totals."""

    targets: list[tuple[int, float]]
    """The nodes where paths end, and what influence and contribution are multiplied by."""
    totals: Totals
    covered: float
    """The influence along what is answered, whichever score ranked it."""
    paths: list[Path] | None
    groups: list[tuple[GroupSequence, list[str | None]]] | None
    """Group sequences, each with the names of its groups; None: a node that is a group of its own."""

    def of_part(self, graph: AttributionGraph) -> tuple[Self, AttributionGraph]:
        """The same in ordinals of a graph of nothing but the nodes and edges that are answered."""
        of_groups = [sequence for sequence, _ in self.groups or []]
        paths = [*(self.paths or []), *(path for one in of_groups for path in one.best_members)]
        steps = [step for one in of_groups for step in one.steps]
        named = [[node for node, _ in self.targets], *steps, *(path.nodes for path in paths)]
        nodes = np.unique([node for part in named for node in part]).astype(np.int64)
        edges = np.unique([edge for path in paths for edge in path.edges]).astype(np.int64)
        node_at = {node: place for place, node in enumerate(nodes.tolist())}
        edge_at = {edge: place for place, edge in enumerate(edges.tolist())}

        def path_of(path: Path) -> Path:
            return Path(
                path.score,
                tuple(node_at[node] for node in path.nodes),
                tuple(edge_at[edge] for edge in path.edges),
            )

        part = self.model_copy(
            update={
                "targets": [(node_at[node], weight) for node, weight in self.targets],
                "paths": None if self.paths is None else [path_of(path) for path in self.paths],
                "groups": None
                if self.groups is None
                else [
                    (
                        one._replace(
                            steps=tuple(tuple(node_at[node] for node in step) for step in one.steps),
                            best_members=tuple(path_of(path) for path in one.best_members),
                        ),
                        names,
                    )
                    for one, names in self.groups
                ],
            }
        )
        return part, _part(graph, nodes, edges, node_at)


def rank(graph: AttributionGraph, question: PathsQuestion) -> Ranking:
    """The answer to a question. Raises InvalidRequest."""
    space = question.space(graph)
    paths, groups = None, None
    if question.group_by == "none":
        paths = best_paths(space)
        covered = math.fsum(space.influence_of(path) for path in paths)
    else:
        number, name = group_nodes(graph, question.group_by, question.unlabelled)
        sequences = best_group_sequences(space, number, question.best_members)
        groups = [(one, [name[int(number[step[0]])] for step in one.steps]) for one in sequences]
        covered = math.fsum(one.influence for one in sequences)
    return Ranking(
        targets=[(node, float(space.ends[node])) for node in space.targets.tolist()],
        totals=space.totals(),
        covered=covered,
        paths=paths,
        groups=groups,
    )


def _chosen(graph: AttributionGraph, role: Role, texts: list[str]) -> tuple[int, ...] | None:
    return select(graph, role, texts) if texts else None


def _part(graph: AttributionGraph, chosen: Ints, edges: Ints, node_at: dict[int, int]) -> AttributionGraph:
    ends = graph.edges
    source, target = (
        np.array([node_at[node] for node in column[edges].tolist()], dtype=np.int64)
        for column in (ends.source, ends.target)
    )
    return replace(
        graph,
        nodes=graph.nodes.take(chosen),
        edges=Edges(source, target, ends.weight[edges], ends.share[edges]),
        supernodes=(),
        views=(),
    )
