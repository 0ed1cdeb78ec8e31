"""The store's Cypher on Ladybug.

Every statement that reaches a graph's nodes goes through HAS_NODE from the graph's primary key. Ladybug indexes primary
keys only, so that filtering a node table by graph would scan the nodes of all graphs. The join order that its planner
picks for a path of several steps scans them too; HINT makes each step a look-up from the one before.
"""

from queries.store import rows, schema

CREATE_SCHEMA = "CREATE NODE TABLE IF NOT EXISTS Schema(id INT64 PRIMARY KEY, version INT64)"
MAKE_SCHEMA = "CREATE (:Schema {id: 0, version: $version})"

_RECORDS = (
    "{match} WHERE g.state = $state AND "
    f"({rows.FAITHFULNESS} >= $least) AND "
    f"({rows.RANK} < $rank OR ({rows.RANK} = $rank AND "
    "(g.created_at < $created_at OR (g.created_at = $created_at AND g.id > $id)))) "
    f"RETURN {', '.join(f'g.`{column}`' for column in rows.LISTED)} "
    f"ORDER BY {rows.RANK} DESC, g.created_at DESC, g.id LIMIT $limit"
)
GRAPH_RECORDS = _RECORDS.format(match="MATCH (g:AttributionGraph)")
"""One row a graph after a place in the list: the columns `rows.LISTED`."""
COLLECTION_RECORDS = _RECORDS.format(
    match="MATCH (:Collection {name: $collection})-[:HOLDS]->(g:AttributionGraph)"
)
"""The same of a collection's graphs. Without a HINT: to look up each of 100,000 graphs takes three times as long."""

GRAPH_RECORD = "MATCH (g:AttributionGraph {id: $graph}) WHERE g.state = $state RETURN g.*"
"""At most one row: all properties."""

GRAPH_NODES = (
    "MATCH (g:AttributionGraph {{id: $graph}})-[h:HAS_NODE]->(n:{label}) HINT (g JOIN h) JOIN n "
    "RETURN {columns}"
)
"""One row a node of the label: the columns of its table."""

GRAPH_EDGES = (
    "MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(source)-[effect:DIRECT_EFFECT]->(target) "
    "HINT (((g JOIN h) JOIN source) JOIN effect) JOIN target "
    "RETURN source.ordinal, target.ordinal, effect.weight, effect.share"
)
"""One row an edge."""

GRAPH_EXPLANATIONS = (
    "MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)"
    "-[b:EXPLAINED_BY]->(e:Explanation) HINT (((((g JOIN h) JOIN n) JOIN i) JOIN f) JOIN b) JOIN e "
    "RETURN DISTINCT f.layer AS layer, f.`index` AS `index`, f.site AS site, e.text AS text, "
    "e.author AS author, e.type AS type, e.score AS score, e.created_at AS created_at ORDER BY layer, `index`, text"
)
"""One row an explanation of a feature in the graph."""

BORROWED_LABELS = (
    "MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)"
    "<-[j:INSTANCE_OF]-(m:FeatureNode)<-[k:HAS_NODE]-(o:AttributionGraph) "
    "WHERE m.label IS NOT NULL AND o.id <> $graph AND o.state = $state "
    "HINT (((((((g JOIN h) JOIN n) JOIN i) JOIN f) JOIN j) JOIN m) JOIN k) JOIN o "
    "RETURN f.layer AS layer, f.`index` AS `index`, f.site AS site, m.label AS text, "
    "count(DISTINCT o.id) AS n_graphs, max(concat(cast(o.created_at, 'STRING'), ' ', o.id)) AS newest"
)
"""One row a label that other graphs give a feature of the graph. `rows.borrowed` reads them."""

GRAPH_SUPERNODES = (
    "MATCH (g:AttributionGraph {id: $graph})-[w:HAS_VIEW]->(v:View)-[h:HAS_SUPERNODE]->(s:Supernode)-[m:GROUPS]->(n) "
    "HINT (((((g JOIN w) JOIN v) JOIN h) JOIN s) JOIN m) JOIN n "
    "RETURN v.key AS view, s.ordinal AS supernode, s.name AS name, n.ordinal AS member "
    "ORDER BY view, supernode, member"
)
"""One row a member of a supernode."""

FEATURE_PLACES = (
    "MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(n:FeatureNode) HINT (g JOIN h) JOIN n "
    "RETURN n.layer AS layer, n.position AS position, n.`index` AS `index`, n.site AS site"
)
"""One row a feature node."""

# Created one by one, not copied: a COPY makes the commit a checkpoint, which takes most of a second.


def _create(table: schema.Table) -> str:
    return f"CREATE (:{table.label} {{{', '.join(f'`{name}`: ${name}' for name in table.columns)}}})"


CREATE_INTERVENTION = _create(schema.INTERVENTION)
RELATE_INTERVENTION = (
    "MATCH (g:AttributionGraph {id: $graph}), (i:Intervention {id: $id}) CREATE (g)-[:HAS_INTERVENTION]->(i)"
)
CREATE_CHANGES = (
    "UNWIND $rows AS row MATCH (i:Intervention {id: $id}), (n:FeatureNode {key: row.key}) "
    "CREATE (i)-[:CHANGES {value: row.value, before: row.before}]->(n)"
)
CREATE_TAKES_FROM = (
    "UNWIND $rows AS donor MATCH (i:Intervention {id: $id}), (g:AttributionGraph {id: donor}) "
    "CREATE (i)-[:TAKES_FROM]->(g)"
)
CREATE_VERIFICATION = _create(schema.VERIFICATION)
RELATE_VERIFICATION = (
    "MATCH (g:AttributionGraph {id: $graph}), (v:Verification {id: $id}) CREATE (g)-[:HAS_VERIFICATION]->(v)"
)
CREATE_VIEW = (
    "MATCH (g:AttributionGraph {id: $graph}) CREATE (g)-[:HAS_VIEW]->(:View {"
    f"{', '.join(f'{column}: ${column}' for column in schema.VIEW.columns)}}})"
)
CREATE_SUPERNODES = (
    "MATCH (v:View {key: $view}) UNWIND $rows AS row CREATE (v)-[:HAS_SUPERNODE]->(:Supernode {"
    f"{', '.join(f'{column}: row.{column}' for column in schema.SUPERNODE.columns)}}})"
)
CREATE_MEMBERS = (
    "UNWIND $pairs AS pair MATCH (s:Supernode {{key: pair[1]}}) MATCH (n:{label} {{key: pair[2]}}) "
    "CREATE (s)-[:GROUPS]->(n)"
)
"""A pair is the keys of a supernode and of a node."""
DELETE_SUPERNODES = (
    "MATCH (v:View {key: $view})-[h:HAS_SUPERNODE]->(s:Supernode) HINT (v JOIN h) JOIN s DETACH DELETE s"
)

EXPLAIN = (
    "MATCH (f:Feature {key: $feature}) CREATE (f)-[:EXPLAINED_BY]->(:Explanation {"
    f"{', '.join(f'{column}: ${column}' for column in schema.EXPLANATION.columns)}}})"
)

KEPT_FEATURES = (
    "MATCH (f:Feature)-[:EXPLAINED_BY]->(e:Explanation) "
    "WHERE NOT EXISTS {{ MATCH (f)<-[:INSTANCE_OF]-(:FeatureNode) }} RETURN {columns}"
)
"""One row an explanation of a feature that no graph uses: the columns of both."""

GRAPH_FEATURES = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_NODE]->(:FeatureNode)-[:INSTANCE_OF]->(f:Feature) "
    "RETURN DISTINCT f.key AS key"
)
"""The keys of the features that the graph uses."""

DELETE_PARTS = (
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_INTERVENTION]->(part:Intervention) DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VERIFICATION]->(part:Verification) DETACH DELETE part",
    "MATCH (g:AttributionGraph {id: $graph})-[w:HAS_VIEW]->(v:View)-[h:HAS_SUPERNODE]->(part:Supernode) "
    "HINT (((g JOIN w) JOIN v) JOIN h) JOIN part DETACH DELETE part",
    "MATCH (:AttributionGraph {id: $graph})-[:HAS_VIEW]->(part:View) DETACH DELETE part",
    *(
        f"MATCH (:AttributionGraph {{id: $graph}})-[:HAS_NODE]->(part:{table.label}) DETACH DELETE part"
        for table in schema.NODE_TABLES.values()
    ),
    "MATCH (part:AttributionGraph {id: $graph}) DETACH DELETE part",
)

UNUSED_FEATURES = (
    "UNWIND $keys AS key MATCH (f:Feature {key: key}) "
    "WHERE NOT EXISTS { MATCH (f)<-[:INSTANCE_OF]-(:FeatureNode) } "
    "AND NOT EXISTS { MATCH (f)-[:EXPLAINED_BY]->(:Explanation {type: 'person'}) } RETURN f.key AS key"
)
"""One row a key whose feature no graph uses and no person explained."""

DELETE_EXPLANATIONS = (
    "UNWIND $keys AS key MATCH (:Feature {key: key})-[:EXPLAINED_BY]->(e:Explanation) DETACH DELETE e"
)
DELETE_FEATURES = "UNWIND $keys AS key MATCH (f:Feature {key: key}) DETACH DELETE f"

KNOWN = "UNWIND $keys AS key MATCH (n:{label} {{{column}: key}}) RETURN n.{column} AS key"
"""One row a key that is stored."""

CREATE_LINKS = {
    "READ_BY": (
        "LOAD FROM $rows MATCH (n:{label} {{key: node}}), (h:HeadNode {{key: head}}) "
        "CREATE (n)-[:READ_BY {{weight: weight, absolute: absolute}}]->(h)"
    ),
    "WRITES_TO": (
        "LOAD FROM $rows MATCH (n:{label} {{key: node}}), (h:HeadNode {{key: head}}) "
        "CREATE (h)-[:WRITES_TO {{weight: weight, absolute: absolute}}]->(n)"
    ),
}
"""From a table: ten times faster than UNWIND over a list of as many maps. Unlike COPY, it may stand in a transaction
that changes stored rows."""

_LINKS = (
    "MATCH (g:AttributionGraph {{id: $graph}})-[x:HAS_HEAD]->(h:HeadNode){link}(n) "
    "HINT (((g JOIN x) JOIN h) JOIN r) JOIN n "
    "RETURN n.ordinal AS node, h.layer AS layer, h.head AS head, r.weight AS weight, r.absolute AS absolute"
)
GRAPH_LINKS = {
    "READ_BY": _LINKS.format(link="<-[r:READ_BY]-"),
    "WRITES_TO": _LINKS.format(link="-[r:WRITES_TO]->"),
}
"""One row a node and a head that reads it, or writes to it."""
