"""The Cypher of what is asked across all graphs."""

FEATURE_EXPLANATIONS = (
    "MATCH (:Feature {key: $feature})-[:EXPLAINED_BY]->(e:Explanation) RETURN e.text AS text, "
    "e.author AS author, e.type AS type, e.score AS score, e.created_at AS created_at"
)
"""One row an explanation."""
OCCURRENCES = (
    "MATCH (:Feature {key: $feature})<-[:INSTANCE_OF]-(n:FeatureNode)<-[:HAS_NODE]-(g:AttributionGraph) "
    "WHERE g.state = $state RETURN g.id AS id, g.created_at AS created_at, n.key AS key, n.label AS label, "
    "n.activation AS activation, n.node_influence AS node_influence"
)
"""One row a node of the feature in a visible graph: what puts graphs in order. A feature may be in all of them."""
OCCURRENCE_NODES = (
    "UNWIND $keys AS key MATCH (n:FeatureNode {key: key}) RETURN n.key AS key, n.position AS position, "
    "n.label AS label, n.activation AS activation, n.node_influence AS node_influence, "
    "n.cumulative_influence AS cumulative_influence"
)
OCCURRENCE_GRAPHS = (
    "UNWIND $ids AS id MATCH (g:AttributionGraph {id: id}) RETURN g.id AS id, g.name AS name, "
    "g.prompt AS prompt, g.tokens AS tokens, g.created_at AS created_at"
)
