"""The schema of the database: node tables, relationships and their columns, the same on every engine.

(AttributionGraph)-[:HAS_NODE]->(EmbeddingNode | FeatureNode | ErrorNode | LogitNode)
(source)-[:DIRECT_EFFECT {weight, share}]->(target)
(FeatureNode)-[:INSTANCE_OF]->(Feature)-[:EXPLAINED_BY]->(Explanation)
(AttributionGraph)-[:HAS_VIEW]->(View)-[:HAS_SUPERNODE]->(Supernode)-[:GROUPS]->(node)
(AttributionGraph)-[:TRACED_FROM]->(Trace)
(AttributionGraph)-[:HAS_INTERVENTION]->(Intervention)-[:CHANGES {value, before}]->(FeatureNode)
(Intervention)-[:TAKES_FROM]->(AttributionGraph)
(AttributionGraph)-[:HAS_VERIFICATION]->(Verification)
(AttributionGraph)-[:HAS_INTERNALS]->(Internals)
(AttributionGraph)-[:HAS_HEAD]->(HeadNode)-[:OF_HEAD]->(AttentionHead)
(EmbeddingNode | FeatureNode | ErrorNode)-[:READ_BY {weight, absolute}]->(HeadNode)
(HeadNode)-[:WRITES_TO {weight, absolute}]->(FeatureNode | LogitNode)
(HeadNode)-[:FEEDS {weight, query, key, value}]->(HeadNode)
(Collection)-[:HOLDS]->(AttributionGraph)
"""

import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from queries.errors import UnsupportedSchema
from queries.graph.attribution_graph import NODE_COLUMNS, ColumnType, NodeKind
from queries.graph.features import Explanation
from queries.internals.records import STATISTICS

SCHEMA_VERSION = 8
"""Recorded in the database. Whoever changes the schema raises it and adds the migration of older databases below."""


class Table(NamedTuple):
    """A node label; its first column is the unique key."""

    label: str
    columns: dict[str, str]


class Relationship(NamedTuple):
    """A relationship type between the tables of `pairs`."""

    type: str
    pairs: tuple[tuple[str, str], ...]
    columns: dict[str, str]


class Fill(NamedTuple):
    """A new column whose values no engine's Cypher can compute. It is filled some rows at a time."""

    unfilled: str
    """Rows that have no value yet, as many as `$limit` says, with an `id`."""
    value: Callable[[dict[str, Any]], str]
    fill: str
    """Stores `$rows`, each an `id` and its `value`."""


FILLED_AT_ONCE = 5000


class Migration(NamedTuple):
    """Statements for each engine, and then what is filled. On Ladybug a migration is one transaction. On Neo4j each
    statement is one, and a migration that was cut short starts again: its statements must be idempotent."""

    ladybug: tuple[str, ...]
    neo4j: tuple[str, ...]
    fill: Fill | None = None


def filled(fill: Fill, run: Callable[..., list[dict[str, Any]]]) -> None:
    """Fill a column, where `run` runs a statement with its parameters and returns its rows."""
    while found := run(fill.unfilled, limit=FILLED_AT_ONCE):
        run(fill.fill, rows=[{"id": row["id"], "value": fill.value(row)} for row in found])


def create_table(table: "Table") -> str:
    """Ladybug's statement for a table."""
    columns = [f"`{name}` {type}" for name, type in table.columns.items()]
    columns[0] += " PRIMARY KEY"
    return f"CREATE NODE TABLE IF NOT EXISTS {table.label}({', '.join(columns)})"


def create_relationship(relationship: "Relationship") -> str:
    """Ladybug's statement for a relationship type."""
    parts = [f"FROM {source} TO {target}" for source, target in relationship.pairs]
    parts += [f"`{name}` {type}" for name, type in relationship.columns.items()]
    return f"CREATE REL TABLE IF NOT EXISTS {relationship.type}({', '.join(parts)})"


_FILE_VIEWS = (
    "MATCH (g:AttributionGraph)-[:HAS_SUPERNODE]->(:Supernode) WITH DISTINCT g "
    "WHERE NOT EXISTS { MATCH (g)-[:HAS_VIEW]->(:View {name: 'file'}) } "
    "CREATE (g)-[:HAS_VIEW]->(:View {key: g.id + '/view/file', name: 'file', revision: 1, state: '{}', notes: ''})",
)
"""A view for the supernodes of files that have no pins."""
_OF_GRAPHS = (
    "MATCH (g:AttributionGraph)-[old:HAS_SUPERNODE]->(s:Supernode) "
    "MATCH (g)-[:HAS_VIEW]->(v:View {name: 'file'})"
)
"""What version 3 kept: supernodes of graphs. `v` is the view that they belong to now."""

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
    2: Migration(
        ladybug=(
            "ALTER TABLE AttributionGraph ADD attention_set STRING",
            "ALTER TABLE FeatureNode ADD site STRING",
            "ALTER TABLE FeatureNode ADD contributors STRING",
            "ALTER TABLE ErrorNode ADD site STRING",
            "ALTER TABLE LogitNode ADD label STRING",
            "ALTER TABLE Feature ADD site STRING",
        ),
        neo4j=(),
    ),
}
"""Each from the version that is its key to the next. Version 2 added the traces of graphs, version 3 attention features
and the names of logits; the migration to version 4, in which supernodes are a view's and graphs are tested, stands
below, beside the tables that it creates."""

TEXT, INTEGER, REAL, FLAG = "STRING", "INT64", "DOUBLE", "BOOL"
TEXTS, INTEGERS, TIME = "STRING[]", "INT64[]", "TIMESTAMP"
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
        "token_ids": INTEGERS,
        "model": TEXT,
        "model_revision": TEXT,
        "transcoder_set": TEXT,
        "transcoder_revision": TEXT,
        "n_layers": INTEGER,
        "dtype": TEXT,
        "max_n_logits": INTEGER,
        "desired_logit_prob": REAL,
        "max_feature_nodes": INTEGER,
        "batch_size": INTEGER,
        "update_interval": INTEGER,
        "attribution_targets": TEXTS,
        "node_threshold": REAL,
        "edge_threshold": REAL,
        "n_active_features": INTEGER,
        "n_selected_features": INTEGER,
        "replacement_score": REAL,
        "completeness_score": REAL,
        "pruned_replacement_score": REAL,
        "pruned_completeness_score": REAL,
        "share_basis": TEXT,
        "predicted_token": TEXT,
        "predicted_probability": REAL,
        "n_embedding_nodes": INTEGER,
        "n_feature_nodes": INTEGER,
        "n_error_nodes": INTEGER,
        "n_logit_nodes": INTEGER,
        "n_labelled_nodes": INTEGER,
        "n_edges": INTEGER,
        "n_dropped_links": INTEGER,
        "timings": JSON,
        "versions": JSON,
        "metadata": JSON,
        "created_at": TIME,
        # Added by a migration, so last, as in a migrated database: rows are copied by place.
        "trace_id": TEXT,
        "n_trace_nodes": INTEGER,
        "n_trace_edges": INTEGER,
        "attention_set": TEXT,
        "faithfulness": REAL,
        "faithfulness_random": REAL,
        "notes": TEXT,
        "prompt_key": TEXT,
    },
)

_TYPES = {ColumnType.TEXT: TEXT, ColumnType.INTEGER: INTEGER, ColumnType.REAL: REAL, ColumnType.FLAG: FLAG}
_ADDED = {NodeKind.LOGIT: ("label",)}
"""Columns that a migration added to the table of a kind; they are last there, whatever their place in `Nodes`."""
NODE_TABLES = {
    kind: Table(
        f"{kind.word.capitalize()}Node",
        {"key": TEXT, "ordinal": INTEGER}
        | {
            one.name: _TYPES[one.type]
            for one in sorted(NODE_COLUMNS[1:], key=lambda one: one.name in _ADDED.get(kind, ()))
            if kind in one.kinds
        },
    )
    for kind in NodeKind
}
"""The table of each kind of node: of the columns of `Nodes`, it has the ones that such nodes have values in."""

FEATURE = Table(
    "Feature",
    {
        "key": TEXT,
        "model": TEXT,
        "transcoder_set": TEXT,
        "layer": INTEGER,
        "index": INTEGER,
        "site": TEXT,
    },
)
EXPLANATION = Table(
    "Explanation",
    {"key": TEXT, "text": TEXT, "author": TEXT, "type": TEXT, "score": REAL, "created_at": TIME},
)
SUPERNODE = Table("Supernode", {"key": TEXT, "ordinal": INTEGER, "name": TEXT})
VIEW = Table(
    "View",
    {"key": TEXT, "name": TEXT, "revision": INTEGER, "state": JSON, "notes": TEXT, "changed_at": TIME},
)
"""`state` is without the supernodes, which are nodes."""
TRACE = Table("Trace", {"id": TEXT, "n_nodes": INTEGER, "n_edges": INTEGER})
"""The unpruned attribution that graphs were pruned from. The trace file of that id holds it (`ingest.traces.file`)."""
INTERVENTION = Table(
    "Intervention",
    {
        "id": TEXT,
        "graph_id": TEXT,
        "changes": JSON,
        "seed": INTEGER,
        "predicted": JSON,
        "measured": JSON,
        "verdict": TEXT,
        "p": REAL,
        "predicted_effect": REAL,
        "effect_as_graph": REAL,
        "effect_in_model": REAL,
        "probability_before": REAL,
        "probability_after": REAL,
        "model_revision": TEXT,
        "transcoder_revision": TEXT,
        "versions": JSON,
        "note": TEXT,
        "created_at": TIME,
    },
)
"""`predicted` and `measured` hold all; the columns after them repeat what concerns the target, for Cypher."""

PARTS = ("sequences", "graph")
"""The parts of a graph whose faithfulness a Verification has, and the beginnings of their columns' names."""
FAITHFULNESS = {
    "n_features": INTEGER,
    **{f"{name}{twin}": REAL for name in ("as_graph", "in_model", "necessity") for twin in ("", "_random")},
    **{f"{name}{twin}": REAL for name in ("probability", "probability_without") for twin in ("", "_random")},
}
VERIFICATION = Table(
    "Verification",
    {
        "id": TEXT,
        "graph_id": TEXT,
        "group_by": TEXT,
        "unlabelled": TEXT,
        "k": INTEGER,
        "seed": INTEGER,
        "target": JSON,
        "n_active": INTEGER,
        "groups": JSON,
        "links": JSON,
        "sequences": JSON,
        **{f"{part}_{name}": type for part in PARTS for name, type in FAITHFULNESS.items()},
        "share_holding": REAL,
        "n_groups": INTEGER,
        "model_revision": TEXT,
        "transcoder_revision": TEXT,
        "versions": JSON,
        "created_at": TIME,
    },
)
INTERNALS = Table(
    "Internals",
    {
        "id": TEXT,
        "graph_id": TEXT,
        "parameters": JSON,
        "model": TEXT,
        "model_revision": TEXT,
        "dtype": TEXT,
        "n_layers": INTEGER,
        "n_heads": INTEGER,
        "target": TEXT,
        "foil": TEXT,
        "errors": JSON,
        "missing": JSON,
        "versions": JSON,
        "created_at": TIME,
    },
)
HEAD_NODE = Table(
    "HeadNode", {"key": TEXT, "layer": INTEGER, "head": INTEGER, **dict.fromkeys(STATISTICS, REAL)}
)
"""A head on a graph's prompt."""
ATTENTION_HEAD = Table(
    "AttentionHead",
    {
        "key": TEXT,
        "model": TEXT,
        "model_revision": TEXT,
        "layer": INTEGER,
        "head": INTEGER,
        "induction": REAL,
        "duplicate_token": REAL,
        "seed": INTEGER,
    },
)
"""A model's head, the same in all graphs."""
COLLECTION = Table("Collection", {"name": TEXT, "created_at": TIME})
"""Graphs that people put together under a name. A graph may be in several."""
SAVED_QUERY = Table("SavedQuery", {"name": TEXT, "cypher": TEXT, "notes": TEXT, "changed_at": TIME})
"""A person's Cypher, kept under a name."""
TABLES = (
    *(ATTRIBUTION_GRAPH, *NODE_TABLES.values(), FEATURE, EXPLANATION, SUPERNODE, VIEW, TRACE),
    *(INTERVENTION, VERIFICATION, INTERNALS, HEAD_NODE, ATTENTION_HEAD, COLLECTION),
    SAVED_QUERY,
)

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
HAS_SUPERNODE = Relationship("HAS_SUPERNODE", ((VIEW.label, SUPERNODE.label),), {})
GROUPS = Relationship("GROUPS", tuple((SUPERNODE.label, label) for label in _NODE_LABELS), {})
HAS_VIEW = Relationship("HAS_VIEW", ((ATTRIBUTION_GRAPH.label, VIEW.label),), {})
TRACED_FROM = Relationship("TRACED_FROM", ((ATTRIBUTION_GRAPH.label, "Trace"),), {})
HAS_INTERVENTION = Relationship("HAS_INTERVENTION", ((ATTRIBUTION_GRAPH.label, INTERVENTION.label),), {})
CHANGES = Relationship("CHANGES", ((INTERVENTION.label, "FeatureNode"),), {"value": REAL, "before": REAL})
TAKES_FROM = Relationship("TAKES_FROM", ((INTERVENTION.label, ATTRIBUTION_GRAPH.label),), {})
HAS_VERIFICATION = Relationship("HAS_VERIFICATION", ((ATTRIBUTION_GRAPH.label, VERIFICATION.label),), {})
OF_INTERVENTIONS = (HAS_INTERVENTION, CHANGES, TAKES_FROM, HAS_VERIFICATION)
HAS_INTERNALS = Relationship("HAS_INTERNALS", ((ATTRIBUTION_GRAPH.label, INTERNALS.label),), {})
HAS_HEAD = Relationship("HAS_HEAD", ((ATTRIBUTION_GRAPH.label, HEAD_NODE.label),), {})
OF_HEAD = Relationship("OF_HEAD", ((HEAD_NODE.label, ATTENTION_HEAD.label),), {})
_CARRIED = {"weight": REAL, "absolute": REAL}
READ_BY = Relationship(
    "READ_BY",
    tuple((label, HEAD_NODE.label) for label in ("EmbeddingNode", "FeatureNode", "ErrorNode")),
    _CARRIED,
)
WRITES_TO = Relationship(
    "WRITES_TO", tuple((HEAD_NODE.label, label) for label in ("FeatureNode", "LogitNode")), _CARRIED
)
FEEDS = Relationship(
    "FEEDS",
    ((HEAD_NODE.label, HEAD_NODE.label),),
    dict.fromkeys(("weight", "query", "key", "value"), REAL),
)
HOLDS = Relationship("HOLDS", ((COLLECTION.label, ATTRIBUTION_GRAPH.label),), {})
OF_INTERNALS = (HAS_INTERNALS, HAS_HEAD, OF_HEAD, READ_BY, WRITES_TO, FEEDS)
RELATIONSHIPS = (
    *(HAS_NODE, DIRECT_EFFECT, INSTANCE_OF, EXPLAINED_BY),
    *(HAS_SUPERNODE, GROUPS, HAS_VIEW, TRACED_FROM),
    *OF_INTERVENTIONS,
    *OF_INTERNALS,
    HOLDS,
)

MIGRATIONS[3] = Migration(
    ladybug=(
        "ALTER TABLE View ADD notes STRING DEFAULT ''",
        "ALTER TABLE View ADD changed_at TIMESTAMP",
        *_FILE_VIEWS,
        "CREATE REL TABLE HAS_SUPERNODE_NOW(FROM View TO Supernode)",
        f"{_OF_GRAPHS} CREATE (v)-[:HAS_SUPERNODE_NOW]->(s)",
        "DROP TABLE HAS_SUPERNODE",
        "ALTER TABLE HAS_SUPERNODE_NOW RENAME TO HAS_SUPERNODE",
        "ALTER TABLE AttributionGraph ADD faithfulness DOUBLE",
        "ALTER TABLE AttributionGraph ADD faithfulness_random DOUBLE",
        *(create_table(table) for table in (INTERVENTION, VERIFICATION)),
        *(create_relationship(one) for one in OF_INTERVENTIONS),
    ),
    neo4j=(
        "MATCH (v:View) WHERE v.notes IS NULL SET v.notes = ''",
        *_FILE_VIEWS,
        f"{_OF_GRAPHS} MERGE (v)-[:HAS_SUPERNODE]->(s) DELETE old",
        *(
            f"CREATE CONSTRAINT {label}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
            for label in (INTERVENTION.label, VERIFICATION.label)
        ),
    ),
)
"""Supernodes of views; interventions and verifications, whose tables are created as they are now: whoever changes those
writes them out here."""
MIGRATIONS[4] = Migration(
    ladybug=(
        *(create_table(table) for table in (INTERNALS, HEAD_NODE, ATTENTION_HEAD)),
        *(create_relationship(one) for one in OF_INTERNALS),
    ),
    neo4j=tuple(
        f"CREATE CONSTRAINT {table.label}_{key} IF NOT EXISTS FOR (n:{table.label}) REQUIRE n.{key} IS UNIQUE"
        for table in (INTERNALS, HEAD_NODE, ATTENTION_HEAD)
        for key in [next(iter(table.columns))]
    ),
)
"""The internals of prompts: tables alone, created as they are now."""
MIGRATIONS[5] = Migration(
    ladybug=(create_table(COLLECTION), create_relationship(HOLDS)),
    neo4j=("CREATE CONSTRAINT Collection_name IF NOT EXISTS FOR (n:Collection) REQUIRE n.name IS UNIQUE",),
)
"""Collections, as they are now."""
MIGRATIONS[6] = Migration(
    ladybug=("ALTER TABLE AttributionGraph ADD notes STRING DEFAULT ''", create_table(SAVED_QUERY)),
    neo4j=("CREATE CONSTRAINT SavedQuery_name IF NOT EXISTS FOR (n:SavedQuery) REQUIRE n.name IS UNIQUE",),
)
"""Notes of graphs; saved queries, as they are now. On Neo4j an older graph has no notes: 100,000 graphs changed in
one transaction would take the server's memory."""


def prompt_key(model: str, prompt: str) -> str:
    """Short, and the same for all graphs of a prompt in a model."""
    return hashlib.sha256(f"{model}\0{prompt}".encode()).hexdigest()[:16]


GRAPHS_BY_PROMPT = (
    "CREATE INDEX AttributionGraph_prompt IF NOT EXISTS "
    "FOR (g:AttributionGraph) ON (g.state, g.prompt_key, g.created_at)"
)
"""On Neo4j: an index that holds all that the library groups graphs by, which reads no graph itself then."""
MIGRATIONS[7] = Migration(
    ladybug=("ALTER TABLE AttributionGraph ADD prompt_key STRING",),
    neo4j=(GRAPHS_BY_PROMPT,),
    fill=Fill(
        "MATCH (g:AttributionGraph) WHERE g.prompt_key IS NULL "
        "RETURN g.id AS id, g.model AS model, g.prompt AS prompt LIMIT $limit",
        lambda row: prompt_key(row["model"], row["prompt"]),
        "UNWIND $rows AS row MATCH (g:AttributionGraph {id: row.id}) SET g.prompt_key = row.value",
    ),
)
"""Keys of prompts."""


def check_version(found: int, *, read_only: bool) -> None:
    """Raises UnsupportedSchema for a newer database, and for an older one that may not be migrated."""
    if found > SCHEMA_VERSION or (read_only and found < SCHEMA_VERSION):
        raise UnsupportedSchema(found, SCHEMA_VERSION)


def feature_key(model: str, transcoder_set: str, layer: int, index: int, site: str | None = None) -> str:
    """The key of a Feature, the same in all graphs. Slashes in the names are escaped."""
    key = f"{quote(model, safe='')}/{quote(transcoder_set, safe='')}/{layer}/{index}"
    return key if site is None else f"{key}/{site}"


def attention_head_key(model: str, revision: str, layer: int, head: int) -> str:
    """The key of an AttentionHead, the same in all graphs. Slashes in the names are escaped."""
    return f"{quote(model, safe='')}@{quote(revision, safe='')}/{layer}/{head}"


def head_key(graph_id: str, layer: int, head: int) -> str:
    """The key of a HeadNode."""
    return f"{graph_id}/head/{layer}/{head}"


def explanation_key(feature: str, explanation: Explanation) -> str:
    """The key of an explanation of the Feature with the key `feature`: it names the author, type and text."""
    content = "\0".join((explanation.author, explanation.type, explanation.text))
    return f"{feature}/{hashlib.sha256(content.encode()).hexdigest()[:16]}"
