"""An attribution graph in memory: its record, columns of nodes and columns of edges.

Inside the program a node is named by its *ordinal*, its row in the columns; outside it by its *key*,
`graph/kind/layer/position/index`.
"""

import math
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from queries.graph.acyclic import AcyclicGraph
from queries.graph.arrays import Bools, Floats, Ints
from queries.graph.features import Explanation, FeatureId, feature_id, is_explained
from queries.graph.labels import NOTHING, OWN, BorrowedLabel, Label, labels_of_features
from queries.graph.records import GraphRecord
from queries.words import DEFAULT_LABELS, KIND_WORDS, KindWord, LabelRule


class NodeKind(IntEnum):
    EMBEDDING = 0
    FEATURE = 1
    ERROR = 2
    LOGIT = 3

    @property
    def word(self) -> KindWord:
        """The kind as node keys and JSON write it."""
        return KIND_WORDS[self]


Texts: TypeAlias = list[str | None]


class ColumnType(Enum):
    """The type of a column of nodes; its value is the dtype of the column's array. Texts are a list."""

    KIND = np.int8
    INTEGER = np.int64
    REAL = np.float64
    FLAG = np.bool_
    TEXT = np.object_


class NodeColumn(NamedTuple):
    """A column of `Nodes`; nodes of other kinds than `kinds` have no value in it."""

    name: str
    type: ColumnType
    kinds: tuple[NodeKind, ...]

    def blank(self, n: int) -> Any:
        """(n,) blank values: NaN, None, 0 or False."""
        if self.type is ColumnType.TEXT:
            return [None] * n
        return np.full(n, np.nan if self.type is ColumnType.REAL else 0, self.type.value)


def _column(type: ColumnType, *kinds: NodeKind) -> dict[str, Any]:
    return {"type": type, "kinds": kinds or tuple(NodeKind)}


@dataclass(frozen=True, slots=True)
class Nodes:
    """Columns (n_nodes,), one row a node; NaN or None where a value does not apply or is unknown.

    `layer` is -1 for embeddings and n_layers for logits. `index` is an embedding's token id, a feature's index in its
    layer of the transcoder set, 0 for an error, a logit's vocabulary index. `token` is the text of an embedding or
    logit. `label` is the graph's own label of a feature node (a file's `clerp`; see `queries.graph.labels`), or a name
    that a person gave a logit. `site` is the part of the layer: None for the MLP, `attn` for
    attention, and for the sources that replacement models have beside errors `bias…` or `unexplored`. `contributors` is
    the JSON of an attention feature's `Contributors`. `input_total` is the sum of |weight| into the node over the
    unpruned trace (over the file, for an import).
    """

    kind: npt.NDArray[np.int8] = field(metadata=_column(ColumnType.KIND))
    layer: Ints = field(metadata=_column(ColumnType.INTEGER))
    position: Ints = field(metadata=_column(ColumnType.INTEGER))
    index: Ints = field(metadata=_column(ColumnType.INTEGER))
    token: Texts = field(metadata=_column(ColumnType.TEXT, NodeKind.EMBEDDING, NodeKind.LOGIT))
    label: Texts = field(metadata=_column(ColumnType.TEXT, NodeKind.FEATURE, NodeKind.LOGIT))
    activation: Floats = field(metadata=_column(ColumnType.REAL, NodeKind.FEATURE))
    probability: Floats = field(metadata=_column(ColumnType.REAL, NodeKind.LOGIT))
    is_target_logit: Bools = field(metadata=_column(ColumnType.FLAG, NodeKind.LOGIT))
    node_influence: Floats = field(metadata=_column(ColumnType.REAL))
    cumulative_influence: Floats = field(metadata=_column(ColumnType.REAL))
    input_total: Floats = field(metadata=_column(ColumnType.REAL))
    site: Texts = field(metadata=_column(ColumnType.TEXT, NodeKind.FEATURE, NodeKind.ERROR))
    contributors: Texts = field(metadata=_column(ColumnType.TEXT, NodeKind.FEATURE))

    @classmethod
    def of_columns(cls, *, kind: npt.NDArray[np.int8], **known: Any) -> Self:
        """Nodes of these kinds; the columns that are not given are blank."""
        blank = {one.name: one.blank(len(kind)) for one in NODE_COLUMNS if one.name not in known}
        return cls(**blank | known | {"kind": kind})

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, chosen: Ints) -> "Nodes":
        """The nodes of these ordinals, in their order."""
        columns: dict[str, Any] = {}
        for name in self.__slots__:
            values = getattr(self, name)
            columns[name] = [values[node] for node in chosen] if isinstance(values, list) else values[chosen]
        return Nodes(**columns)

    def listed(self, column: str) -> list[Any]:
        """A column as rows and JSON write it: None for NaN."""
        values = getattr(self, column)
        if isinstance(values, list):
            return values
        return nullable(values) if values.dtype.kind == "f" else values.tolist()

    def of_kind(self, kind: NodeKind) -> Ints:
        """Ordinals of the nodes of one kind, ascending."""
        return np.flatnonzero(self.kind == kind)

    def keys(self, graph_id: str, ordinals: Ints | slice = slice(None)) -> list[str]:
        """The key of each node, or of each of the `ordinals`: `graph/kind/layer/position/index`, and `/site` after it
        for any site but the MLP."""
        sites = self.site[ordinals] if isinstance(ordinals, slice) else [self.site[node] for node in ordinals]
        return [
            f"{graph_id}/{KIND_WORDS[kind]}/{layer}/{position}/{index}" + (f"/{site}" if site else "")
            for kind, layer, position, index, site in zip(
                self.kind[ordinals].tolist(),
                self.layer[ordinals].tolist(),
                self.position[ordinals].tolist(),
                self.index[ordinals].tolist(),
                sites,
                strict=True,
            )
        ]

    def feature_ids(self) -> list[FeatureId]:
        """(n_nodes,) each node's layer, index and site; for feature nodes, the id of their Feature."""
        columns = (self.layer.tolist(), self.index.tolist(), self.site)
        return [feature_id(*place) for place in zip(*columns, strict=True)]


NODE_COLUMNS = tuple(NodeColumn(one.name, **one.metadata) for one in fields(Nodes))
"""Every column of `Nodes`, in order. Databases' node tables, trace files and handover files follow this order: a new
column goes last, where a migration of a database puts it."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Columns (n_edges,): the direct effect of node `source` on node `target` (ordinals).

    `weight` is signed; `share` is |weight| over the target's `input_total`.
    """

    source: Ints
    target: Ints
    weight: Floats
    share: Floats

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True, slots=True)
class Supernode:
    """Nodes that a person grouped under a name; `members` are ordinals, ascending."""

    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A saved way of looking at a graph.

    `revision` counts its changes, from 1. `state` is JSON; node references in it are keys, those in `pinned` of the
    nodes that are pinned, and `tests` has ids of interventions. `changed_at` is unknown for a view that nobody changed
    since its graph was loaded.
    """

    name: str
    revision: int
    state: dict[str, Any]
    supernodes: tuple[Supernode, ...] = ()
    notes: str = ""
    changed_at: datetime | None = None

    @property
    def pinned(self) -> list[str]:
        """The keys of the pinned nodes."""
        return self._texts("pinned")

    @property
    def tests(self) -> list[str]:
        """The ids of the interventions that belong to it, in its order; one may have been deleted since."""
        return self._texts("tests")

    def _texts(self, name: str) -> list[str]:
        """Those in a list of the state, which other programs may have written in another form."""
        listed = self.state.get(name)
        return [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []


FILE_VIEW = "file"
"""The name of the View that keeps a graph file's pins and supernodes."""


def file_view(pinned: list[str], supernodes: tuple[Supernode, ...]) -> tuple[View, ...]:
    """The View of a file's pins and supernodes; empty where it has neither."""
    if not pinned and not supernodes:
        return ()
    return (View(FILE_VIEW, 1, {"pinned": pinned} if pinned else {}, supernodes),)


def view_json(view: View) -> dict[str, Any]:
    """A view as files hold it."""
    return {
        **{name: getattr(view, name) for name in ("name", "revision", "state", "notes")},
        "supernodes": [{"name": one.name, "members": list(one.members)} for one in view.supernodes],
        "changed_at": view.changed_at and view.changed_at.isoformat(),
    }


def views_of_json(views: Iterable[dict[str, Any]], of_graph: Iterable[dict[str, Any]]) -> tuple[View, ...]:
    """The inverse of `view_json`. Older files have supernodes of the graph, beside its views: they are the file's."""
    read, known = list[View](), False
    for view in views:
        known |= "supernodes" in view
        changed_at = view.get("changed_at")
        read.append(
            View(
                view["name"],
                view["revision"],
                view["state"],
                _supernodes_of(view.get("supernodes", ())),
                view.get("notes", ""),
                changed_at and datetime.fromisoformat(changed_at),
            )
        )
    if not known and (drawn := _supernodes_of(of_graph)):
        own = next((view for view in read if view.name == FILE_VIEW), View(FILE_VIEW, 1, {}))
        read = [replace(own, supernodes=drawn), *(view for view in read if view.name != FILE_VIEW)]
    return tuple(sorted(read, key=lambda view: view.name))


def _supernodes_of(drawn: Iterable[dict[str, Any]]) -> tuple[Supernode, ...]:
    return tuple(Supernode(one["name"], tuple(one["members"])) for one in drawn)


def default_view(views: Iterable[View]) -> View | None:
    """The view that counts where none is named: the file's, else the one that was changed last."""
    return max(
        views,
        key=lambda view: (
            view.name == FILE_VIEW,
            view.changed_at is not None and view.changed_at.timestamp(),
        ),
        default=None,
    )


def nullable(values: Floats) -> list[float | None]:
    """A column as rows and JSON hold it: None for NaN."""
    return [None if math.isnan(value) else value for value in values.tolist()]


@dataclass(frozen=True, eq=False)
class AttributionGraph:
    record: GraphRecord
    nodes: Nodes
    edges: Edges
    views: tuple[View, ...] = ()
    explanations: dict[FeatureId, list[Explanation]] = field(default_factory=dict)
    borrowed: dict[FeatureId, BorrowedLabel] = field(default_factory=dict)
    """Labels that other graphs of the same database give this one's features."""
    label_rule: LabelRule = DEFAULT_LABELS
    view_name: str | None = None
    """The view whose pins and supernodes count; None: that of `default_view`."""

    @property
    def view(self) -> View | None:
        """The view whose pins and supernodes count."""
        if self.view_name is None:
            return default_view(self.views)
        return next((one for one in self.views if one.name == self.view_name), None)

    @property
    def supernodes(self) -> tuple[Supernode, ...]:
        """Those of the view."""
        return () if self.view is None else self.view.supernodes

    @cached_property
    def acyclic(self) -> AcyclicGraph:
        """The graph's edges for passes over them, built once. Raises CycleFound."""
        return AcyclicGraph(len(self.nodes), self.edges.source, self.edges.target)

    @cached_property
    def shown(self) -> list[Label | None]:
        """(n_nodes,) the label that shows and groups a feature node, and its origin, by `queries.graph.labels`. Logits
        keep their own label, which most lack."""
        known, nodes = labels_of_features(self.explanations, self.borrowed, self.label_rule), self.nodes
        return [
            known.get(feature, NOTHING).of(own)
            if kind == NodeKind.FEATURE
            else (Label(own, OWN) if own else None)
            for kind, own, feature in zip(nodes.kind.tolist(), nodes.label, nodes.feature_ids(), strict=True)
        ]

    @cached_property
    def labels(self) -> list[str | None]:
        """(n_nodes,) the texts of `shown`."""
        return [one and one.text for one in self.shown]

    def with_explanations(self, explanations: dict[FeatureId, list[Explanation]]) -> Self:
        """The graph with these explanations of its features in place of the ones it had, and its labels counted."""
        explained = replace(self, explanations=explanations)
        update = {"n_labelled_nodes": explained.n_labelled()}
        return replace(explained, record=self.record.model_copy(update=update))

    def n_labelled(self, explained: Container[FeatureId] = ()) -> int:
        """How many feature nodes have a label of their own, or a Feature that somebody explains: here, or elsewhere,
        where it is one of the `explained`."""
        said = {feature for feature, told in self.explanations.items() if is_explained(told)}
        features, of_nodes = self.nodes.of_kind(NodeKind.FEATURE).tolist(), self.nodes.feature_ids()
        return sum(
            self.nodes.label[node] is not None or of_nodes[node] in said or of_nodes[node] in explained
            for node in features
        )

    def with_labels(self, rule: LabelRule) -> Self:
        """The same graph, whose nodes show labels by this rule."""
        if rule == self.label_rule:
            return self
        return self._keeping(replace(self, label_rule=rule))

    def with_views(self, views: tuple[View, ...], name: str | None = None) -> Self:
        """The same graph with these views, of which the one of this name counts."""
        if views == self.views and name == self.view_name:
            return self
        return self._keeping(replace(self, views=views, view_name=name), "shown", "labels")

    def _keeping(self, other: Self, *computed: str) -> Self:
        """Another graph of the same edges, with what was computed of this one and holds for it too. What is kept beside
        `acyclic` is then kept for both."""
        other.__dict__["acyclic"] = self.acyclic
        other.__dict__.update({name: self.__dict__[name] for name in computed if name in self.__dict__})
        return other
