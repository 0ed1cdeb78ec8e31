"""The store's Cypher that both engines run as it is; what differs stands in each engine's own `statements`."""

from typing import NamedTuple

from queries.store import schema

SCHEMA_VERSION = "MATCH (s:Schema {id: 0}) RETURN s.version AS version"
"""At most one row: the version of the schema."""
RAISE_VERSION = "MATCH (s:Schema {id: 0}) SET s.version = $version"

GRAPH_VIEWS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(v:View) "
    f"RETURN {', '.join(f'v.{column} AS {column}' for column in schema.VIEW.columns)} ORDER BY name"
)
"""One row a view: the columns of its table."""

VIEW_REVISION = "MATCH (v:View {key: $view}) RETURN v.revision AS revision"
"""At most one row."""
CHANGE_VIEW = (
    "MATCH (v:View {key: $key}) "
    f"SET {', '.join(f'v.{column} = ${column}' for column in schema.VIEW.columns if column not in ('key', 'name'))}"
)
DELETE_VIEW = "MATCH (v:View {key: $view}) DETACH DELETE v"

GRAPH_NAMES = "UNWIND $ids AS id MATCH (g:AttributionGraph {id: id}) RETURN id, g.name AS name"

TRACES = "MATCH (t:Trace) RETURN t.id AS id"
STORED = "UNWIND $graphs AS id MATCH (g:AttributionGraph {id: id}) WHERE g.state = $state RETURN g.id AS id"
"""One row a trace."""

DELETE_UNUSED_TRACE = (
    "MATCH (t:Trace {id: $trace}) WHERE NOT EXISTS { MATCH (t)<-[:TRACED_FROM]-(:AttributionGraph) } DELETE t"
)

REWORD_GRAPH = (
    "MATCH (g:AttributionGraph {id: $graph}) "
    "SET g.prompt = $prompt, g.prompt_key = $prompt_key, g.predicted_token = $predicted_token"
)
COUNT_LABELLED = (
    "UNWIND $keys AS key MATCH (:Feature {key: key})<-[:INSTANCE_OF]-(n:FeatureNode)<-[:HAS_NODE]-(g:AttributionGraph) "
    "WHERE n.label IS NULL AND NOT g.id IN $counted WITH g.id AS graph, count(n) AS n_nodes "
    "MATCH (g:AttributionGraph {id: graph}) SET g.n_labelled_nodes = g.n_labelled_nodes + $sign * n_nodes"
)
"""Count the nodes of features that now have an explanation, or, with `sign` -1, that have none any more. It visits the
features' nodes only, however many graphs there are; not those of the graphs `counted`, which have been."""

EXPLAINED = (
    "UNWIND $keys AS key MATCH (:Feature {key: key})-[:EXPLAINED_BY]->(e:Explanation) "
    "WHERE NOT e.type IN $unsaid RETURN DISTINCT key"
)
"""One row a key whose feature has an explanation that somebody said."""

UNLABEL = (
    "MATCH (:Feature {key: $feature})-[:EXPLAINED_BY]->(e:Explanation) "
    "WHERE e.type = $type AND e.author = $author AND e.key <> $kept DETACH DELETE e"
)
"""Delete an author's explanations of one type but the `kept` one."""
REDATE = "MATCH (e:Explanation {key: $key}) SET e.created_at = $created_at"
REWORD_LOGIT = "MATCH (n:LogitNode {key: $key}) SET n.token = $token, n.label = $label"


def _columns(variable: str, table: schema.Table) -> str:
    return ", ".join(f"{variable}.`{column}` AS `{column}`" for column in table.columns)


GRAPH_INTERVENTIONS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_INTERVENTION]->(i:Intervention) "
    f"RETURN {_columns('i', schema.INTERVENTION)} ORDER BY created_at DESC, id"
)
"""One row an intervention, with the columns of its table."""
INTERVENTION = f"MATCH (i:Intervention {{id: $id}}) RETURN {_columns('i', schema.INTERVENTION)}"
"""At most one row."""
DELETE_INTERVENTION = "MATCH (i:Intervention {id: $id}) DETACH DELETE i"
GRAPH_VERIFICATIONS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VERIFICATION]->(v:Verification) "
    f"RETURN {_columns('v', schema.VERIFICATION)} ORDER BY group_by, unlabelled"
)
"""One row a verification, with the columns of its table."""
DELETE_VERIFICATION = "MATCH (v:Verification {id: $id}) DETACH DELETE v"
SHOW_VERIFIED = (
    "MATCH (g:AttributionGraph {id: $graph}) "
    "SET g.faithfulness = $faithfulness, g.faithfulness_random = $faithfulness_random"
)


GRAPH_INTERNALS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_INTERNALS]->(i:Internals) "
    f"RETURN {_columns('i', schema.INTERNALS)}"
)
"""At most one row, with the columns of its table."""
CREATE_INTERNALS = (
    "MATCH (g:AttributionGraph {id: $graph}) "
    "CREATE (g)-[:HAS_INTERNALS]->(:Internals {"
    f"{', '.join(f'{name}: ${name}' for name in schema.INTERNALS.columns)}}})"
)
CREATE_HEADS = (
    "MATCH (g:AttributionGraph {id: $graph}) UNWIND $rows AS row CREATE (g)-[:HAS_HEAD]->(:HeadNode {"
    f"{', '.join(f'`{name}`: row.`{name}`' for name in schema.HEAD_NODE.columns)}}})"
)
MERGE_SHARED_HEADS = (
    "UNWIND $rows AS row MERGE (a:AttentionHead {key: row.key}) "
    "SET a.model = row.model, a.model_revision = row.model_revision, a.layer = row.layer, a.head = row.head"
)
SCORE_SHARED_HEADS = (
    "UNWIND $rows AS row MATCH (a:AttentionHead {key: row.key}) "
    "SET a.induction = row.induction, a.duplicate_token = row.duplicate_token, a.seed = row.seed"
)
RELATE_HEADS = (
    "UNWIND $rows AS row MATCH (h:HeadNode {key: row.key}), (a:AttentionHead {key: row.shared}) "
    "CREATE (h)-[:OF_HEAD]->(a)"
)
CREATE_FEEDS = (
    "UNWIND $rows AS row MATCH (s:HeadNode {key: row.source}), (t:HeadNode {key: row.target}) "
    "CREATE (s)-[:FEEDS {weight: row.weight, `query`: row.`query`, `key`: row.`key`, value: row.value}]->(t)"
)
GRAPH_SHARED_HEADS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_HEAD]->(h:HeadNode)-[:OF_HEAD]->(a:AttentionHead) "
    "RETURN DISTINCT a.key AS key"
)
"""The keys of the heads of the model that the graph's heads are."""
DELETE_INTERNALS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_HEAD]->(part:HeadNode) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_INTERNALS]->(part:Internals) DETACH DELETE part",
)
DELETE_UNUSED_HEADS = (
    "UNWIND $keys AS key MATCH (a:AttentionHead {key: key}) "
    "WHERE NOT EXISTS { MATCH (a)<-[:OF_HEAD]-(:HeadNode) } DETACH DELETE a"
)


class Reading(NamedTuple):
    """A statement that reads, with the join order that Ladybug needs lest it scan all rows of tables."""

    match: str
    joins: str | None
    """None: the planner's are as good."""
    returns: str

    @property
    def hinted(self) -> str:
        """On Ladybug."""
        return f"{self.match} HINT {self.joins} RETURN {self.returns}" if self.joins else self.plain

    @property
    def plain(self) -> str:
        """On Neo4j."""
        return f"{self.match} RETURN {self.returns}"


GRAPH_HEADS = Reading(
    "MATCH (g:AttributionGraph {id: $graph})-[x:HAS_HEAD]->(h:HeadNode)-[o:OF_HEAD]->(a:AttentionHead)",
    "(((g JOIN x) JOIN h) JOIN o) JOIN a",
    f"{_columns('h', schema.HEAD_NODE)}, "
    "a.induction AS induction, a.duplicate_token AS duplicate_token, a.seed AS seed",
)
"""One row a head."""
HEAD_OCCURRENCES = Reading(
    "MATCH (a:AttentionHead)<-[o:OF_HEAD]-(h:HeadNode)<-[x:HAS_HEAD]-(g:AttributionGraph)"
    "-[y:HAS_INTERNALS]->(i:Internals) "
    "WHERE a.model = $model AND a.layer = $layer AND a.head = $head AND g.state = $state",
    "((((((a JOIN o) JOIN h) JOIN x) JOIN g) JOIN y) JOIN i)",
    f"{_columns('h', schema.HEAD_NODE)}, a.model_revision AS model_revision, a.induction AS induction, "
    "a.duplicate_token AS duplicate_token, a.seed AS seed, g.id AS id, g.name AS name, g.prompt AS prompt, "
    "i.target AS target, i.foil AS foil",
)
"""One row a visible graph that has the model's head. `internals_rows.head_of` reads them."""
GRAPH_FEEDS = Reading(
    "MATCH (g:AttributionGraph {id: $graph})-[x:HAS_HEAD]->(s:HeadNode)-[r:FEEDS]->(t:HeadNode)",
    "(((g JOIN x) JOIN s) JOIN r) JOIN t",
    "s.layer AS source_layer, s.head AS source_head, t.layer AS target_layer, t.head AS target_head, "
    "r.weight AS weight, r.`query` AS `query`, r.`key` AS `key`, r.value AS value",
)
"""One row a pair of heads."""
