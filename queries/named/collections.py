"""Named queries about collections of graphs: what their graphs share."""

from queries.named.definition import NamedQuery, QueryParameter, ValueType, column, k, share
from queries.named.features import EXPLAINED, FEATURE, LAYER

COLLECTION = QueryParameter(name="collection", type=ValueType.COLLECTION, description="The collection's name")

COLLECTION_FEATURES = NamedQuery(
    name="collection-features",
    title="Features that a collection's graphs share",
    sentence="Features by how many of a collection's graphs have a node of them, and how much flows through these.",
    parameters=(
        COLLECTION,
        share("min_support", "The part of the collection's graphs that have the feature, at least", 0.5),
        k(100, "features"),
    ),
    columns=(
        FEATURE,
        LAYER,
        column("n_graphs", ValueType.COUNT, "How many of the collection's graphs have a node of it"),
        column("support", ValueType.NUMBER, "The part of the collection's graphs that these are"),
        column(
            "mean_share",
            ValueType.NUMBER,
            "Mean over these graphs: the node influence of its nodes, of all influence that starts at stored tokens "
            "and errors",
        ),
        EXPLAINED,
    ),
    cypher="""
MATCH (c:Collection {name: $collection})-[o:HOLDS]->(g:AttributionGraph)
WHERE g.state = 'visible'
HINT (c JOIN o) JOIN g
WITH c, count(*) AS n_held
MATCH (c)-[o:HOLDS]->(g:AttributionGraph)-[h:HAS_NODE]->(source:EmbeddingNode|ErrorNode)
WHERE g.state = 'visible'
HINT (((c JOIN o) JOIN g) JOIN h) JOIN source
WITH n_held, g, sum(source.node_influence) AS total
WHERE total > 0
MATCH (g)-[e:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
HINT (((g JOIN e) JOIN n) JOIN i) JOIN f
WITH n_held, total, g, f, sum(n.node_influence) AS influence
WITH n_held, f, count(*) AS n_graphs, avg(influence / total) AS mean_share
WITH f, n_graphs, 1.0 * n_graphs / n_held AS support, mean_share
WHERE support >= $min_support
WITH f, n_graphs, support, mean_share
ORDER BY n_graphs DESC, mean_share DESC, f.key
LIMIT $k
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN f.key AS feature, f.layer AS layer, n_graphs, support, mean_share, collect(e.text) AS explanations
ORDER BY n_graphs DESC, mean_share DESC, feature
""",
)

QUERIES = (COLLECTION_FEATURES,)
