"""The store's Cypher that both engines run as it is; what differs stands in each engine's own `statements`."""

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

FEATURE_OCCURRENCES = (
    "MATCH (:Feature {key: $feature})<-[:INSTANCE_OF]-(n:FeatureNode)<-[:HAS_NODE]-(g:AttributionGraph) "
    "WHERE g.state = $state RETURN g.id AS id, g.name AS name, g.prompt AS prompt, g.tokens AS tokens, "
    "g.created_at AS created_at, n.key AS key, n.position AS position, n.label AS label, "
    "n.activation AS activation, n.node_influence AS node_influence, "
    "n.cumulative_influence AS cumulative_influence"
)
"""One row a node of the feature in a visible graph. `rows.feature_of` reads them."""

TRACES = "MATCH (t:Trace) RETURN t.id AS id"
"""One row a trace."""

DELETE_UNUSED_TRACE = (
    "MATCH (t:Trace {id: $trace}) WHERE NOT EXISTS { MATCH (t)<-[:TRACED_FROM]-(:AttributionGraph) } DELETE t"
)

REWORD_GRAPH = (
    "MATCH (g:AttributionGraph {id: $graph}) "
    "SET g.name = $name, g.prompt = $prompt, g.predicted_token = $predicted_token"
)
COUNT_LABELLED = (
    "UNWIND $keys AS key MATCH (:Feature {key: key})<-[:INSTANCE_OF]-(n:FeatureNode)<-[:HAS_NODE]-(g:AttributionGraph) "
    "WHERE n.label IS NULL AND g.id <> $counted WITH g.id AS graph, count(n) AS n_nodes "
    "MATCH (g:AttributionGraph {id: graph}) SET g.n_labelled_nodes = g.n_labelled_nodes + $sign * n_nodes"
)
"""Count the nodes of features that now have an explanation, or, with `sign` -1, that have none any more. It visits the
features' nodes only, however many graphs there are; not those of the graph `counted`, which has been."""

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
