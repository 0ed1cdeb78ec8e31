"""The Cypher of saved queries, which both engines run as it is."""

_LISTED = "q.name AS name, q.notes AS notes, q.changed_at AS changed_at"
ALL = f"MATCH (q:SavedQuery) RETURN {_LISTED} ORDER BY name"
"""One row a query."""
ONE = f"MATCH (q:SavedQuery {{name: $name}}) RETURN {_LISTED}, q.cypher AS cypher"
"""At most one row."""
COUNT = "MATCH (q:SavedQuery) RETURN count(*) AS n"

CREATE = "CREATE (:SavedQuery {name: $name, cypher: $cypher, notes: $notes, changed_at: $changed_at})"
CHANGE = (
    "MATCH (q:SavedQuery {name: $name}) SET q.cypher = $cypher, q.notes = $notes, q.changed_at = $changed_at"
)
DELETE = "MATCH (q:SavedQuery {name: $name}) DELETE q"
