"""The Cypher of collections, which both engines run as it is."""

_RECORD = (
    "OPTIONAL MATCH (c)-[h:HOLDS]->(:AttributionGraph) "
    "RETURN c.name AS name, c.created_at AS created_at, count(h) AS n_graphs ORDER BY name"
)
ALL = f"MATCH (c:Collection) {_RECORD}"
"""One row a collection."""
ONE = f"MATCH (c:Collection {{name: $name}}) {_RECORD}"
"""At most one row."""
OF_GRAPHS = (
    "UNWIND $ids AS id MATCH (:AttributionGraph {id: id})<-[:HOLDS]-(c:Collection) "
    "RETURN id, c.name AS name ORDER BY name"
)
"""One row a graph and a collection that it is in."""
GRAPHS = "MATCH (:Collection {name: $name})-[:HOLDS]->(g:AttributionGraph) RETURN g.id AS id ORDER BY id"
STORED = "UNWIND $ids AS id MATCH (g:AttributionGraph {id: id}) WHERE g.state = $state RETURN id"
"""One row an id of a visible graph."""

CREATE = "CREATE (:Collection {name: $name, created_at: $created_at})"
ADD = (
    "MATCH (c:Collection {name: $name}) UNWIND $ids AS id MATCH (g:AttributionGraph {id: id}) "
    "CREATE (c)-[:HOLDS]->(g)"
)
REMOVE = (
    "UNWIND $ids AS id MATCH (:Collection {name: $name})-[h:HOLDS]->(:AttributionGraph {id: id}) DELETE h"
)
MOVE = (
    "MATCH (:Collection {name: $name})-[:HOLDS]->(g:AttributionGraph) MATCH (c:Collection {name: $new}) "
    "CREATE (c)-[:HOLDS]->(g)"
)
"""A name is a key, which Ladybug cannot change: to rename is to move the graphs."""
DELETE = "MATCH (c:Collection {name: $name}) DETACH DELETE c"
