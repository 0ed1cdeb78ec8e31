"""The store's Cypher on Neo4j.

Every statement that reaches a graph's nodes goes through HAS_NODE from the graph's unique id.
"""

from queries.store import rows, schema

CONSTRAINT = "CREATE CONSTRAINT {label}_{key} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{key} IS UNIQUE"
"""Also the index that finds a node by its key."""

KEYS = {"Schema": "id", **{table.label: next(iter(table.columns)) for table in schema.TABLES}}
"""The unique property of each label."""

MAKE_SCHEMA = "MERGE (s:Schema {id: 0}) ON CREATE SET s.version = $version"

LOCK_FEATURES = "MATCH (s:Schema {id: 0}) SET s.locked_by = $whom"
"""Held until the transaction ends. Every transaction that adds or removes what graphs share takes it."""

LOCK_GRAPH = "MATCH (g:AttributionGraph {id: $graph}) SET g.state = g.state"
"""Held until the transaction ends. Every transaction that changes views, or deletes the graph, takes it."""

DELETE_SUPERNODES = "MATCH (:View {key: $view})-[:HAS_SUPERNODE]->(s:Supernode) DETACH DELETE s"

CREATE_GRAPH = "MERGE (g:AttributionGraph {id: $row.id}) ON CREATE SET g = $row"

CREATE_NODES = (
    "MATCH (g:AttributionGraph {{id: $graph}}) UNWIND $rows AS row "
    "CREATE (g)-[:HAS_NODE]->(n:{label}) SET n = row"
)

CREATE_EDGES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(n) WITH n ORDER BY n.ordinal WITH collect(n) AS nodes "
    "UNWIND range(0, size($source) - 1) AS i "
    "WITH nodes[$source[i]] AS source, nodes[$target[i]] AS target, $weight[i] AS weight, $share[i] AS share "
    "CREATE (source)-[:DIRECT_EFFECT {weight: weight, share: share}]->(target)"
)
"""An edge's ends are looked up in the list of the graph's nodes, which is far faster than looking into an index."""

CREATE_SUPERNODES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(n) WITH n ORDER BY n.ordinal "
    "WITH collect(n) AS nodes UNWIND $rows AS row MATCH (v:View {key: row.view}) "
    "CREATE (v)-[:HAS_SUPERNODE]->(s:Supernode) SET s = row.supernode "
    "WITH nodes, row, s UNWIND row.members AS member WITH s, nodes[member] AS node CREATE (s)-[:GROUPS]->(node)"
)

CREATE_VIEWS = (
    "MATCH (g:AttributionGraph {id: $graph}) UNWIND $rows AS row CREATE (g)-[:HAS_VIEW]->(v:View) SET v = row"
)

MERGE_TRACE = (
    "MATCH (g:AttributionGraph {id: $graph}) MERGE (t:Trace {id: $row.id}) ON CREATE SET t = $row "
    "CREATE (g)-[:TRACED_FROM]->(t)"
)

MERGE_FEATURES = "UNWIND $rows AS row MERGE (f:Feature {key: row.key}) ON CREATE SET f = row"

CREATE_INSTANCES = (
    "UNWIND $rows AS row MATCH (n:FeatureNode {key: row[0]}) MATCH (f:Feature {key: row[1]}) "
    "CREATE (n)-[:INSTANCE_OF]->(f)"
)

RECOUNT_LABELS = "MATCH (g:AttributionGraph {id: $graph}) SET g.n_labelled_nodes = $n_labelled"

MERGE_EXPLANATIONS = (
    "UNWIND $rows AS row MATCH (f:Feature {key: row.feature}) "
    "MERGE (e:Explanation {key: row.explanation.key}) ON CREATE SET e = row.explanation "
    "MERGE (f)-[:EXPLAINED_BY]->(e)"
)

_RECORDS = (
    "{match} WHERE g.state = $state AND "
    f"({rows.FAITHFULNESS} >= $least) AND "
    f"({rows.RANK} < $rank OR ({rows.RANK} = $rank AND "
    "(g.created_at < $created_at OR (g.created_at = $created_at AND g.id > $id)))) "
    f"WITH g ORDER BY {rows.RANK} DESC, g.created_at DESC, g.id LIMIT $limit "
    f"RETURN g {{{{{', '.join(f'.{column}' for column in rows.LISTED)}}}}} AS row"
)
GRAPH_RECORDS = _RECORDS.format(match="MATCH (g:AttributionGraph)")
"""One row a graph after a place in the list: a map of the columns `rows.LISTED`."""
COLLECTION_RECORDS = _RECORDS.format(
    match="MATCH (:Collection {name: $collection})-[:HOLDS]->(g:AttributionGraph)"
)
"""The same of a collection's graphs."""

GRAPH_RECORD = (
    "MATCH (g:AttributionGraph {id: $graph}) WHERE g.state = $state "
    "RETURN properties(g) AS row, elementId(g) AS element_id"
)
"""At most one row. `element_id` differs between a graph and the same graph deleted and loaded again."""

GRAPH_NODES = (
    "MATCH (:AttributionGraph {{id: $graph}})-[:HAS_NODE]->(n:{label}) RETURN collect([{columns}]) AS nodes"
)
"""One row: for each node of the label, a list of the columns of its table."""

GRAPH_EDGES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(source) CALL (source) { "
    "MATCH (source)-[effect:DIRECT_EFFECT]->(target) RETURN collect(target.ordinal) AS targets, "
    "collect(effect.weight) AS weights, collect(effect.share) AS shares } "
    "RETURN source.ordinal AS source, targets, weights, shares"
)
"""One row a node, with lists of the edges that leave it: many times faster than a row an edge."""

GRAPH_EXPLANATIONS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(:FeatureNode)-[:INSTANCE_OF]->(f:Feature) "
    "WITH DISTINCT f MATCH (f)-[:EXPLAINED_BY]->(e:Explanation) "
    "RETURN f.layer AS layer, f.index AS index, f.site AS site, properties(e) AS explanation "
    "ORDER BY layer, index, e.text"
)
"""One row an explanation of a feature in the graph."""

BORROWED_LABELS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(:FeatureNode)-[:INSTANCE_OF]->(f:Feature) "
    "WITH DISTINCT f MATCH (f)<-[:INSTANCE_OF]-(m:FeatureNode) WHERE m.label IS NOT NULL "
    "MATCH (m)<-[:HAS_NODE]-(o:AttributionGraph) WHERE o.id <> $graph AND o.state = $state "
    "RETURN f.layer AS layer, f.index AS index, f.site AS site, m.label AS text, "
    "count(DISTINCT o) AS n_graphs, max(toString(o.created_at) + ' ' + o.id) AS newest"
)
"""One row a label that other graphs give a feature of the graph. `rows.borrowed` reads them."""

GRAPH_SUPERNODES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(v:View)-[:HAS_SUPERNODE]->(s:Supernode)-[:GROUPS]->(n) "
    "WITH v, s, n ORDER BY n.ordinal "
    "RETURN v.key AS view, s.ordinal AS ordinal, s.name AS name, collect(n.ordinal) AS members ORDER BY view, ordinal"
)
"""One row a supernode."""

FEATURE_PLACES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(n:FeatureNode) "
    "RETURN n.layer AS layer, n.position AS position, n.index AS index, n.site AS site"
)
"""One row a feature node."""

CREATE_INTERVENTION = (
    "MATCH (g:AttributionGraph {id: $row.graph_id}) "
    "CREATE (g)-[:HAS_INTERVENTION]->(i:Intervention) SET i = $row"
)
CREATE_CHANGES = (
    "MATCH (i:Intervention {id: $id}) UNWIND $rows AS row MATCH (n:FeatureNode {key: row.key}) "
    "CREATE (i)-[:CHANGES {value: row.value, before: row.before}]->(n)"
)
CREATE_TAKES_FROM = (
    "MATCH (i:Intervention {id: $id}) UNWIND $rows AS row MATCH (g:AttributionGraph {id: row}) "
    "CREATE (i)-[:TAKES_FROM]->(g)"
)
CREATE_VERIFICATION = (
    "MATCH (g:AttributionGraph {id: $row.graph_id}) "
    "CREATE (g)-[:HAS_VERIFICATION]->(v:Verification) SET v = $row"
)
FEATURE_KNOWN = "MATCH (f:Feature {key: $feature}) RETURN f.key AS key"
"""One row where the feature is stored."""

KEPT_FEATURES = (
    "MATCH (f:Feature)-[:EXPLAINED_BY]->(e:Explanation) WHERE NOT EXISTS { (f)<-[:INSTANCE_OF]-() } "
    "RETURN properties(f), properties(e)"
)
"""One row an explanation of a feature that no graph uses."""

DELETE_PARTS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_INTERVENTION]->(part) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VERIFICATION]->(part) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(:View)-[:HAS_SUPERNODE]->(part) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(part) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(part) DETACH DELETE part",
    "MATCH (part:AttributionGraph {id: $graph}) DETACH DELETE part",
)

GRAPH_FEATURES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(:FeatureNode)-[:INSTANCE_OF]->(f:Feature) "
    "RETURN collect(DISTINCT f.key) AS keys"
)
"""One row: the keys of the features that the graph uses."""

DELETE_UNUSED_FEATURES = (
    "UNWIND $keys AS key MATCH (f:Feature {key: key}) WHERE NOT EXISTS { (f)<-[:INSTANCE_OF]-() } "
    "AND NOT EXISTS { (f)-[:EXPLAINED_BY]->(:Explanation {type: 'person'}) } "
    "OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation) DETACH DELETE e, f"
)
"""For the features of the keys: deletes each that no graph uses and no person explained, with its explanations."""

_CREATE_LINKS = (
    "MATCH (:AttributionGraph {{id: $graph}})-[:HAS_HEAD]->(h) WITH h ORDER BY h.layer, h.head "
    "WITH collect(h) AS heads "
    "MATCH (:AttributionGraph {{id: $graph}})-[:HAS_NODE]->(n) WITH heads, n ORDER BY n.ordinal "
    "WITH heads, collect(n) AS nodes UNWIND range(0, size($node) - 1) AS i "
    "WITH nodes[$node[i]] AS n, heads[$head[i]] AS h, $weight[i] AS weight, $absolute[i] AS absolute "
    "CREATE {link}"
)
CREATE_LINKS = {
    "READ_BY": _CREATE_LINKS.format(link="(n)-[:READ_BY {weight: weight, absolute: absolute}]->(h)"),
    "WRITES_TO": _CREATE_LINKS.format(link="(h)-[:WRITES_TO {weight: weight, absolute: absolute}]->(n)"),
}
"""Ends are looked up as in CREATE_EDGES."""

_LINKS = (
    "MATCH (:AttributionGraph {{id: $graph}})-[:HAS_HEAD]->(h) CALL (h) {{ MATCH (h){link}(n) "
    "RETURN collect(n.ordinal) AS nodes, collect(r.weight) AS weights, collect(r.absolute) AS absolutes }} "
    "RETURN h.layer AS layer, h.head AS head, nodes, weights, absolutes"
)
GRAPH_LINKS = {
    "READ_BY": _LINKS.format(link="<-[r:READ_BY]-"),
    "WRITES_TO": _LINKS.format(link="-[r:WRITES_TO]->"),
}
"""One row a head, with lists of the nodes that it reads, or writes to."""
