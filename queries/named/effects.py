"""Named queries about direct effects: the inputs and outputs of nodes, inhibitory edges, hubs."""

from queries.named.definition import (
    EXPLANATIONS,
    GRAPH,
    LABEL,
    NamedQuery,
    QueryParameter,
    ValueType,
    column,
    k,
)
from queries.named.features import FEATURE_PARAMETER
from queries.named.graphs import token

NODE = QueryParameter(
    name="node",
    type=ValueType.NODE,
    description="The node's key, graph/kind/layer/position/index",
    kinds=("feature", "logit"),
)

FEATURE_NODE = column("node", ValueType.NODE, "The feature node")
ITS_FEATURE = column("feature", ValueType.FEATURE, "Its Feature")
WEIGHT = column("weight", ValueType.NUMBER, "Signed direct effect of the source on the target")
SHARE = column("share", ValueType.NUMBER, "|weight| over the sum of |weight| into the target")

READERS_OF_TOKEN = NamedQuery(
    name="readers-of-token",
    title="Features that read a token",
    sentence="Feature nodes on which a token of the prompt has a direct effect, the largest share first.",
    parameters=(GRAPH, token("embedding"), k(20, "edges")),
    columns=(
        column("source", ValueType.NODE, "The token's embedding node"),
        FEATURE_NODE,
        ITS_FEATURE,
        LABEL,
        EXPLANATIONS,
        WEIGHT,
        SHARE,
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(embedding:EmbeddingNode)
      -[effect:DIRECT_EFFECT]->(n:FeatureNode)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN embedding) JOIN effect) JOIN n
WITH embedding, n, effect.weight AS weight, effect.share AS share
WHERE embedding.token IN [$token, ' ' + $token]
WITH embedding.key AS source, n, weight, share
ORDER BY share DESC, source, n.key
LIMIT $k
MATCH (n)-[i:INSTANCE_OF]->(f:Feature)
HINT (n JOIN i) JOIN f
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN source, n.key AS node, f.key AS feature, n.label AS label, collect(e.text) AS explanations, weight, share
ORDER BY share DESC, source, node
""",
)

WRITERS_OF_LOGIT = NamedQuery(
    name="writers-of-logit",
    title="Features that write a logit",
    sentence="Feature nodes with a direct effect on a logit, the largest share first.",
    parameters=(GRAPH, token("logit"), k(20, "edges")),
    columns=(
        FEATURE_NODE,
        ITS_FEATURE,
        LABEL,
        EXPLANATIONS,
        column("target", ValueType.NODE, "The token's logit node"),
        WEIGHT,
        SHARE,
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(logit:LogitNode)
      <-[effect:DIRECT_EFFECT]-(n:FeatureNode)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN logit) JOIN effect) JOIN n
WITH n, logit, effect.weight AS weight, effect.share AS share
WHERE logit.token IN [$token, ' ' + $token]
WITH n, logit.key AS target, weight, share
ORDER BY share DESC, n.key, target
LIMIT $k
MATCH (n)-[i:INSTANCE_OF]->(f:Feature)
HINT (n JOIN i) JOIN f
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN n.key AS node, f.key AS feature, n.label AS label, collect(e.text) AS explanations, target, weight, share
ORDER BY share DESC, node, target
""",
)

NODE_INPUTS = NamedQuery(
    name="node-inputs",
    title="What drives a node",
    sentence="The nodes with a direct effect on a feature or logit node, the largest share first.",
    parameters=(GRAPH, NODE, k(20, "inputs")),
    columns=(
        column("source", ValueType.NODE, "A token, feature or error node"),
        column("layer", ValueType.COUNT, "Its layer; -1 for a token"),
        column("position", ValueType.COUNT, "Its position in the prompt"),
        column("label", ValueType.TEXT, "The graph's own label of a feature, or the token; else null"),
        column("explanations", ValueType.TEXTS, "What explains its feature, in no order; else none"),
        WEIGHT,
        SHARE,
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(target:FeatureNode|LogitNode)
      <-[effect:DIRECT_EFFECT]-(source:EmbeddingNode|FeatureNode|ErrorNode)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN target) JOIN effect) JOIN source
WITH target, source, effect.weight AS weight, effect.share AS share
WHERE target.key = $node
WITH source, weight, share
ORDER BY share DESC, source.key
LIMIT $k
OPTIONAL MATCH (source)-[:INSTANCE_OF]->(:Feature)-[:EXPLAINED_BY]->(e:Explanation)
RETURN source.key AS source, source.layer AS layer, source.position AS position,
       coalesce(source.label, source.token) AS label, collect(e.text) AS explanations, weight, share
ORDER BY share DESC, source
""",
)

INHIBITORY_EDGES = NamedQuery(
    name="inhibitory-edges",
    title="Strongest inhibitory edges",
    sentence="The most negative direct effects of a graph.",
    parameters=(GRAPH, k(20, "edges")),
    columns=(
        column("source", ValueType.NODE, "The node that inhibits"),
        column("source_label", ValueType.TEXT, "Its label in the graph, or its token; else null"),
        column("target", ValueType.NODE, "The node that is inhibited"),
        column("target_label", ValueType.TEXT, "Its label in the graph, or its token; else null"),
        WEIGHT,
        SHARE,
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(source:EmbeddingNode|FeatureNode|ErrorNode)
      -[effect:DIRECT_EFFECT]->(target:FeatureNode|LogitNode)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN source) JOIN effect) JOIN target
WITH source, target, effect.weight AS weight, effect.share AS share
WHERE weight < 0
RETURN source.key AS source, coalesce(source.label, source.token) AS source_label,
       target.key AS target, coalesce(target.label, target.token) AS target_label, weight, share
ORDER BY weight, source.key, target.key
LIMIT $k
""",
)

HUBS = NamedQuery(
    name="hubs",
    title="Hubs",
    sentence="The feature nodes of a graph with most edges.",
    parameters=(GRAPH, k(20, "feature nodes")),
    columns=(
        FEATURE_NODE,
        ITS_FEATURE,
        LABEL,
        EXPLANATIONS,
        column("n_inputs", ValueType.COUNT, "Edges into it"),
        column("n_outputs", ValueType.COUNT, "Edges out of it"),
        column("influence", ValueType.NUMBER, "Its node influence"),
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(n:FeatureNode)
WHERE g.state = 'visible'
HINT (g JOIN h) JOIN n
OPTIONAL MATCH (n)-[output:DIRECT_EFFECT]->()
WITH n, count(output) AS n_outputs
OPTIONAL MATCH (n)<-[input:DIRECT_EFFECT]-()
WITH n, n_outputs, count(input) AS n_inputs
ORDER BY n_inputs + n_outputs DESC, n.key
LIMIT $k
MATCH (n)-[i:INSTANCE_OF]->(f:Feature)
HINT (n JOIN i) JOIN f
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN n.key AS node, f.key AS feature, n.label AS label, collect(e.text) AS explanations,
       n_inputs, n_outputs, n.node_influence AS influence
ORDER BY n_inputs + n_outputs DESC, node
""",
)

FEATURE_NEIGHBOURS = NamedQuery(
    name="feature-neighbours",
    title="Neighbours of a feature across prompts",
    sentence="Features with a direct effect on a feature, and those it has one on, in most graphs first.",
    parameters=(FEATURE_PARAMETER, k(20, "inputs, and as many outputs")),
    columns=(
        column("direction", ValueType.TEXT, "`input` or `output`, seen from the feature asked for"),
        column("neighbour", ValueType.FEATURE, "The other Feature"),
        column("n_graphs", ValueType.COUNT, "Graphs in which they are neighbours"),
        column("n_edges", ValueType.COUNT, "Edges between their nodes"),
        column("weight", ValueType.NUMBER, "Mean weight of these edges"),
        column("share", ValueType.NUMBER, "Mean share of these edges"),
    ),
    cypher="""
MATCH (f:Feature {key: $feature})<-[i:INSTANCE_OF]-(n:FeatureNode)<-[h:HAS_NODE]-(g:AttributionGraph),
      (n)<-[effect:DIRECT_EFFECT]-(m:FeatureNode)-[j:INSTANCE_OF]->(neighbour:Feature)
WHERE g.state = 'visible'
HINT (((((((f JOIN i) JOIN n) JOIN h) JOIN g) JOIN effect) JOIN m) JOIN j) JOIN neighbour
RETURN 'input' AS direction, neighbour.key AS neighbour, count(DISTINCT g.id) AS n_graphs, count(*) AS n_edges,
       avg(effect.weight) AS weight, avg(effect.share) AS share
ORDER BY n_graphs DESC, share DESC, neighbour
LIMIT $k
UNION ALL
MATCH (f:Feature {key: $feature})<-[i:INSTANCE_OF]-(n:FeatureNode)<-[h:HAS_NODE]-(g:AttributionGraph),
      (n)-[effect:DIRECT_EFFECT]->(m:FeatureNode)-[j:INSTANCE_OF]->(neighbour:Feature)
WHERE g.state = 'visible'
HINT (((((((f JOIN i) JOIN n) JOIN h) JOIN g) JOIN effect) JOIN m) JOIN j) JOIN neighbour
RETURN 'output' AS direction, neighbour.key AS neighbour, count(DISTINCT g.id) AS n_graphs, count(*) AS n_edges,
       avg(effect.weight) AS weight, avg(effect.share) AS share
ORDER BY n_graphs DESC, share DESC, neighbour
LIMIT $k
""",
)

QUERIES = (
    READERS_OF_TOKEN,
    WRITERS_OF_LOGIT,
    NODE_INPUTS,
    INHIBITORY_EDGES,
    HUBS,
    FEATURE_NEIGHBOURS,
)
