"""What the database stores: node tables, relationships and their columns, the same on every engine.

(AttributionGraph)-[:HAS_NODE]->(EmbeddingNode | FeatureNode | ErrorNode | LogitNode)
(source)-[:DIRECT_EFFECT {weight, share}]->(target)
(FeatureNode)-[:INSTANCE_OF]->(Feature)-[:EXPLAINED_BY]->(Explanation)
(AttributionGraph)-[:HAS_SUPERNODE]->(Supernode)-[:GROUPS]->(node)
(AttributionGraph)-[:HAS_VIEW]->(View)
(AttributionGraph)-[:TRACED_FROM]->(Trace)
"""

import hashlib
from typing import NamedTuple
from urllib.parse import quote

from queries.errors import UnsupportedSchema
from queries.graph.attribution_graph import NODE_COLUMNS, ColumnType, NodeKind
from queries.graph.features import Explanation

SCHEMA_VERSION = 2
"""Recorded in the database. A change of what is stored raises it, and says below how an older database follows."""


class Table(NamedTuple):
    """A node label; its first column is the unique key."""

    label: str
    columns: dict[str, str]


class Relationship(NamedTuple):
    """A relationship type between the tables of `pairs`."""

    type: str
    pairs: tuple[tuple[str, str], ...]
    columns: dict[str, str]


class Migration(NamedTuple):
    """Statements of each engine. On Ladybug a whole migration is one transaction; on Neo4j each statement is, so that
    one that was cut short is done again from its start: there they must bear repetition."""

    ladybug: tuple[str, ...]
    neo4j: tuple[str, ...]


MIGRATIONS: dict[int, Migration] = {
    1: Migration(
        ladybug=(
            "ALTER TABLE AttributionGraph ADD trace_id STRING",
            "ALTER TABLE AttributionGraph ADD n_trace_nodes INT64",
            "ALTER TABLE AttributionGraph ADD n_trace_edges INT64",
            "CREATE NODE TABLE Trace(id STRING PRIMARY KEY, n_nodes INT64, n_edges INT64)",
            "CREATE REL TABLE TRACED_FROM(FROM AttributionGraph TO Trace)",
        ),
        neo4j=("CREATE CONSTRAINT Trace_id IF NOT EXISTS FOR (n:Trace) REQUIRE n.id IS UNIQUE",),
    ),
}
"""From the version that is the key to the next. Version 1 is the first; 2 knows the traces of graphs."""

TEXT, WHOLE, REAL, FLAG = "STRING", "INT64", "DOUBLE", "BOOL"
TEXTS, WHOLES, TIME = "STRING[]", "INT64[]", "TIMESTAMP"
JSON = "STRING"
"""An object, as JSON text."""

VISIBLE = "visible"
"""The `state` of a graph that readers see."""

JSON_COLUMNS = ("timings", "versions", "metadata")
"""Columns of AttributionGraph that hold objects."""

ATTRIBUTION_GRAPH = Table(
    "AttributionGraph",
    {
        "id": TEXT,
        "state": TEXT,
        "name": TEXT,
        "origin": TEXT,
        "prompt": TEXT,
        "tokens": TEXTS,
        "token_ids": WHOLES,
        "model": TEXT,
        "model_revision": TEXT,
        "transcoder_set": TEXT,
        "transcoder_revision": TEXT,
        "n_layers": WHOLE,
        "dtype": TEXT,
        "max_n_logits": WHOLE,
        "desired_logit_prob": REAL,
        "max_feature_nodes": WHOLE,
        "batch_size": WHOLE,
        "update_interval": WHOLE,
        "attribution_targets": TEXTS,
        "node_threshold": REAL,
        "edge_threshold": REAL,
        "n_active_features": WHOLE,
        "n_selected_features": WHOLE,
        "replacement_score": REAL,
        "completeness_score": REAL,
        "pruned_replacement_score": REAL,
        "pruned_completeness_score": REAL,
        "share_basis": TEXT,
        "predicted_token": TEXT,
        "predicted_probability": REAL,
        "n_embedding_nodes": WHOLE,
        "n_feature_nodes": WHOLE,
        "n_error_nodes": WHOLE,
        "n_logit_nodes": WHOLE,
        "n_labelled_nodes": WHOLE,
        "n_edges": WHOLE,
        "n_dropped_links": WHOLE,
        "timings": JSON,
        "versions": JSON,
        "metadata": JSON,
        "created_at": TIME,
        # Added later, so last: where a database was migrated they are, and rows are copied by place.
        "trace_id": TEXT,
        "n_trace_nodes": WHOLE,
        "n_trace_edges": WHOLE,
    },
)

_TYPES = {ColumnType.TEXT: TEXT, ColumnType.WHOLE: WHOLE, ColumnType.REAL: REAL, ColumnType.FLAG: FLAG}
NODE_TABLES = {
    kind: Table(
        f"{kind.word.capitalize()}Node",
        {"key": TEXT, "ordinal": WHOLE}
        | {one.name: _TYPES[one.type] for one in NODE_COLUMNS[1:] if kind in one.kinds},
    )
    for kind in NodeKind
}
"""A node's kind is its table; the other columns are those of `Nodes` that nodes of the kind have values in."""

FEATURE = Table(
    "Feature", {"key": TEXT, "model": TEXT, "transcoder_set": TEXT, "layer": WHOLE, "index": WHOLE}
)
EXPLANATION = Table(
    "Explanation",
    {"key": TEXT, "text": TEXT, "author": TEXT, "type": TEXT, "score": REAL, "created_at": TIME},
)
SUPERNODE = Table("Supernode", {"key": TEXT, "ordinal": WHOLE, "name": TEXT})
VIEW = Table("View", {"key": TEXT, "name": TEXT, "revision": WHOLE, "state": JSON})
TRACE = Table("Trace", {"id": TEXT, "n_nodes": WHOLE, "n_edges": WHOLE})
"""The whole matrix that graphs were pruned from: the file of that id holds it, `ingest.traces.file`."""
TABLES = (ATTRIBUTION_GRAPH, *NODE_TABLES.values(), FEATURE, EXPLANATION, SUPERNODE, VIEW, TRACE)

_NODE_LABELS = tuple(table.label for table in NODE_TABLES.values())
HAS_NODE = Relationship("HAS_NODE", tuple((ATTRIBUTION_GRAPH.label, label) for label in _NODE_LABELS), {})
DIRECT_EFFECT = Relationship(
    "DIRECT_EFFECT",
    tuple(
        (source, target)
        for source in ("EmbeddingNode", "FeatureNode", "ErrorNode")
        for target in ("FeatureNode", "LogitNode")
    ),
    {"weight": REAL, "share": REAL},
)
INSTANCE_OF = Relationship("INSTANCE_OF", (("FeatureNode", "Feature"),), {})
EXPLAINED_BY = Relationship("EXPLAINED_BY", (("Feature", "Explanation"),), {})
HAS_SUPERNODE = Relationship("HAS_SUPERNODE", ((ATTRIBUTION_GRAPH.label, "Supernode"),), {})
GROUPS = Relationship("GROUPS", tuple(("Supernode", label) for label in _NODE_LABELS), {})
HAS_VIEW = Relationship("HAS_VIEW", ((ATTRIBUTION_GRAPH.label, "View"),), {})
TRACED_FROM = Relationship("TRACED_FROM", ((ATTRIBUTION_GRAPH.label, "Trace"),), {})
RELATIONSHIPS = (
    *(HAS_NODE, DIRECT_EFFECT, INSTANCE_OF, EXPLAINED_BY),
    *(HAS_SUPERNODE, GROUPS, HAS_VIEW, TRACED_FROM),
)


def check_version(found: int, *, read_only: bool) -> None:
    """Raises UnsupportedSchema for a newer database, and for an older one that may not be migrated."""
    if found > SCHEMA_VERSION or (read_only and found < SCHEMA_VERSION):
        raise UnsupportedSchema(found, SCHEMA_VERSION)


def feature_key(model: str, transcoder_set: str, layer: int, index: int) -> str:
    """One Feature has one key, whatever number of graphs it appears in. Names may hold slashes: they are escaped."""
    return f"{quote(model, safe='')}/{quote(transcoder_set, safe='')}/{layer}/{index}"


def explanation_key(feature: str, explanation: Explanation) -> str:
    said = "\0".join((explanation.author, explanation.type, explanation.text))
    return f"{feature}/{hashlib.sha256(said.encode()).hexdigest()[:16]}"
