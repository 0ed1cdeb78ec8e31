"""Named queries about Features over many graphs: where they fire, which graphs share them, what explains them."""

from queries.named.definition import (
    GRAPH,
    LABEL,
    NamedQuery,
    QueryColumn,
    QueryParameter,
    ValueType,
    column,
    count,
    k,
)

FEATURE_PARAMETER = QueryParameter(
    name="feature",
    type=ValueType.FEATURE,
    description="The Feature's key, model/transcoder set/layer/index, slashes in the names written %2F",
)
GRAPHS = QueryParameter(name="graphs", type=ValueType.GRAPHS, description="The graphs' ids, each once")
WORD = QueryParameter(
    name="word", type=ValueType.TEXT, description="Part of the text, in capitals or small letters"
)

FEATURE = column("feature", ValueType.FEATURE, "The Feature")
LAYER = column("layer", ValueType.COUNT, "Its layer")
EXPLAINED: QueryColumn = column("explanations", ValueType.TEXTS, "What explains it, in no order")


def influence(description: str) -> QueryColumn:
    return column("influence", ValueType.NUMBER, description)


FEATURE_GRAPHS = NamedQuery(
    name="feature-graphs",
    title="Graphs in which a feature fires",
    sentence="The graphs that have nodes of a feature, those first in which it has most influence.",
    parameters=(FEATURE_PARAMETER, k(100, "graphs")),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("n_nodes", ValueType.COUNT, "Positions at which the feature is in the graph"),
        column("activation", ValueType.NUMBER, "Its highest activation there"),
        influence("The sum of its node influences there"),
    ),
    cypher="""
MATCH (f:Feature {key: $feature})<-[i:INSTANCE_OF]-(n:FeatureNode)<-[h:HAS_NODE]-(g:AttributionGraph)
WHERE g.state = 'visible'
HINT (((f JOIN i) JOIN n) JOIN h) JOIN g
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt, count(*) AS n_nodes,
       max(n.activation) AS activation, sum(n.node_influence) AS influence
ORDER BY influence DESC, graph
LIMIT $k
""",
)

FEATURES_BY_EXPLANATION = NamedQuery(
    name="features-by-explanation",
    title="Features whose explanation mentions a word",
    sentence="Features of all graphs with an explanation that holds the word, those of most graphs first.",
    parameters=(WORD, k(100, "features")),
    columns=(
        FEATURE,
        LAYER,
        column("explanations", ValueType.TEXTS, "Those that hold the word, in no order"),
        column("n_graphs", ValueType.COUNT, "Graphs in which it fires"),
    ),
    cypher="""
MATCH (f:Feature)-[x:EXPLAINED_BY]->(e:Explanation)
WHERE toLower(e.text) CONTAINS toLower($word)
HINT (e JOIN x) JOIN f
WITH f, collect(DISTINCT e.text) AS explanations
MATCH (f)<-[i:INSTANCE_OF]-(n:FeatureNode)<-[h:HAS_NODE]-(g:AttributionGraph)
WHERE g.state = 'visible'
HINT (((f JOIN i) JOIN n) JOIN h) JOIN g
RETURN f.key AS feature, f.layer AS layer, explanations, count(DISTINCT g.id) AS n_graphs
ORDER BY n_graphs DESC, feature
LIMIT $k
""",
)

NODES_BY_LABEL = NamedQuery(
    name="nodes-by-label",
    title="Feature nodes whose label mentions a word",
    sentence="Feature nodes of all graphs that their own graph labels with the word, the most influential first.",
    parameters=(WORD, k(100, "feature nodes")),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("node", ValueType.NODE, "The feature node"),
        FEATURE,
        LABEL,
        column("activation", ValueType.NUMBER, "Its activation"),
        influence("Its node influence"),
    ),
    cypher="""
MATCH (g:AttributionGraph)-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
WHERE g.state = 'visible' AND toLower(n.label) CONTAINS toLower($word)
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
RETURN g.id AS graph, g.name AS name, n.key AS node, f.key AS feature, n.label AS label,
       n.activation AS activation, n.node_influence AS influence
ORDER BY influence DESC, node
LIMIT $k
""",
)

SHARED_FEATURES = NamedQuery(
    name="shared-features",
    title="Features that all of these graphs share",
    sentence="Features with a node in every one of the graphs, the most influential first.",
    parameters=(GRAPHS, k(100, "features")),
    columns=(
        FEATURE,
        LAYER,
        column("n_nodes", ValueType.COUNT, "Its nodes in the graphs"),
        influence("The sum of their node influences"),
        EXPLAINED,
    ),
    cypher="""
MATCH (g:AttributionGraph)-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
WHERE g.id IN $graphs AND g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
WITH f, count(DISTINCT g.id) AS n_graphs, count(*) AS n_nodes, sum(n.node_influence) AS influence
WHERE n_graphs = size($graphs)
WITH f, n_nodes, influence
ORDER BY influence DESC, f.key
LIMIT $k
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN f.key AS feature, f.layer AS layer, n_nodes, influence, collect(e.text) AS explanations
ORDER BY influence DESC, feature
""",
)

DISTINCT_FEATURES = NamedQuery(
    name="distinct-features",
    title="Features of these graphs and not of those",
    sentence="Features with a node in every one of the graphs and in none of the others.",
    parameters=(
        GRAPHS,
        QueryParameter(name="others", type=ValueType.GRAPHS, description="Ids of the graphs without them"),
        k(100, "features"),
    ),
    columns=SHARED_FEATURES.columns,
    cypher="""
MATCH (g:AttributionGraph)-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
WHERE (g.id IN $graphs OR g.id IN $others) AND g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
WITH f, count(DISTINCT g.id) AS n_graphs, count(CASE WHEN g.id IN $others THEN 1 END) AS n_in_others,
     count(*) AS n_nodes, sum(n.node_influence) AS influence
WHERE n_in_others = 0 AND n_graphs = size($graphs)
WITH f, n_nodes, influence
ORDER BY influence DESC, f.key
LIMIT $k
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN f.key AS feature, f.layer AS layer, n_nodes, influence, collect(e.text) AS explanations
ORDER BY influence DESC, feature
""",
)

NEAREST_GRAPHS = NamedQuery(
    name="nearest-graphs",
    title="Graphs that share most features with a graph",
    sentence="The other graphs in which features of this one fire, those first that have most of them.",
    parameters=(GRAPH, k(20, "graphs")),
    columns=(
        column("graph", ValueType.GRAPH, "The other graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("n_shared", ValueType.COUNT, "Features with a node in both, each once"),
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
WITH DISTINCT f
MATCH (f)<-[j:INSTANCE_OF]-(m:FeatureNode)<-[o:HAS_NODE]-(other:AttributionGraph)
WHERE other.state = 'visible' AND other.id <> $graph
HINT (((f JOIN j) JOIN m) JOIN o) JOIN other
WITH other, count(DISTINCT f) AS n_shared
RETURN other.id AS graph, other.name AS name, other.prompt AS prompt, n_shared
ORDER BY n_shared DESC, graph
LIMIT $k
""",
)

NODES_SHARED_WITH = NamedQuery(
    name="nodes-shared-with",
    title="Nodes of a graph whose features fire in another",
    sentence="Feature nodes of a graph whose feature has a node in the other graph, the most influential first.",
    parameters=(
        GRAPH,
        QueryParameter(name="other", type=ValueType.GRAPH, description="The other graph's id"),
        k(100, "feature nodes"),
    ),
    columns=(
        column("node", ValueType.NODE, "The feature node, of the first graph"),
        column("feature", ValueType.FEATURE, "Its Feature"),
        LABEL,
        influence("Its node influence"),
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
WITH n, f
MATCH (other:AttributionGraph {id: $other})-[o:HAS_NODE]->(m:FeatureNode)-[j:INSTANCE_OF]->(f)
WHERE other.state = 'visible'
HINT (((other JOIN o) JOIN m) JOIN j) JOIN f
WITH DISTINCT n, f
RETURN n.key AS node, f.key AS feature, n.label AS label, n.node_influence AS influence
ORDER BY influence DESC, node
LIMIT $k
""",
)

INFLUENTIAL_FEATURES = NamedQuery(
    name="influential-features",
    title="Features with most influence over a set of graphs",
    sentence="The features whose nodes in these graphs have most influence on the logits, all together.",
    parameters=(GRAPHS, k(100, "features")),
    columns=(
        FEATURE,
        LAYER,
        column("n_graphs", ValueType.COUNT, "How many of the graphs it is in"),
        influence("The sum of its node influences in them"),
        EXPLAINED,
    ),
    cypher="""
MATCH (g:AttributionGraph)-[h:HAS_NODE]->(n:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
WHERE g.id IN $graphs AND g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
WITH f, count(DISTINCT g.id) AS n_graphs, sum(n.node_influence) AS influence
ORDER BY influence DESC, f.key
LIMIT $k
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN f.key AS feature, f.layer AS layer, n_graphs, influence, collect(e.text) AS explanations
ORDER BY influence DESC, feature
""",
)

FEATURES_TOGETHER = NamedQuery(
    name="features-together",
    title="Features that always occur together",
    sentence="Sets of features that are in exactly the same graphs, those in most graphs first.",
    parameters=(
        count("min_graphs", "Graphs that the features are in, at least", 2, 1, 10_000),
        k(20, "sets"),
    ),
    columns=(
        column("n_graphs", ValueType.COUNT, "Graphs that have all of the set; no other graph has any"),
        column("n_features", ValueType.COUNT, "Features in the set, two or more"),
        column("graphs", ValueType.GRAPHS, "The graphs' ids, in order"),
        column("features", ValueType.FEATURES, "The Features, in no order"),
    ),
    cypher={
        # Features are grouped by their lists of graphs, which is far cheaper than comparing pairs of features.
        "neo4j": """
MATCH (f:Feature)<-[:INSTANCE_OF]-(:FeatureNode)<-[:HAS_NODE]-(g:AttributionGraph)
WHERE g.state = 'visible'
WITH DISTINCT f, g.id AS id
ORDER BY id
WITH f, collect(id) AS graphs
WHERE size(graphs) >= $min_graphs
WITH graphs, collect(f.key) AS features, min(f.key) AS first
WHERE size(features) >= 2
RETURN size(graphs) AS n_graphs, size(features) AS n_features, graphs, features
ORDER BY n_graphs DESC, n_features DESC, first
LIMIT $k
""",
        "ladybug": """
MATCH (f:Feature)<-[i:INSTANCE_OF]-(n:FeatureNode)<-[h:HAS_NODE]-(g:AttributionGraph)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN i) JOIN f
WITH f, list_sort(collect(DISTINCT g.id)) AS graphs
WHERE size(graphs) >= $min_graphs
WITH graphs, collect(f.key) AS features, min(f.key) AS first
WHERE size(features) >= 2
WITH size(graphs) AS n_graphs, size(features) AS n_features, graphs, features, first
RETURN n_graphs, n_features, graphs, features
ORDER BY n_graphs DESC, n_features DESC, first
LIMIT $k
""",
    },
)

QUERIES = (
    FEATURE_GRAPHS,
    SHARED_FEATURES,
    DISTINCT_FEATURES,
    NEAREST_GRAPHS,
    NODES_SHARED_WITH,
    INFLUENTIAL_FEATURES,
    FEATURES_TOGETHER,
    FEATURES_BY_EXPLANATION,
    NODES_BY_LABEL,
)
