"""Named queries about attention heads: what they carried in a graph, and in which graphs they matter."""

from queries.named.definition import (
    EXPLANATIONS,
    GRAPH,
    NamedQuery,
    QueryParameter,
    ValueType,
    column,
    k,
    share,
)
from queries.named.features import GRAPHS

MODEL = QueryParameter(name="model", type=ValueType.MODEL, description="The model's name, as graphs have it")
OF_MODEL = (
    MODEL,
    QueryParameter(
        name="layer", type=ValueType.COUNT, description="The head's layer", minimum=0, maximum=10_000
    ),
    QueryParameter(
        name="head", type=ValueType.COUNT, description="Its number in the layer", minimum=0, maximum=10_000
    ),
)

LAYER = column("layer", ValueType.COUNT, "The head's layer")
HEAD = column("head", ValueType.COUNT, "Its number in the layer")
INDUCTION = column("induction", ValueType.NUMBER, "The head's induction score, 0 to 1; null where unknown")
ATTRIBUTION = column(
    "attribution",
    ValueType.NUMBER,
    "Of the target's logit, less the foil's, to the head on this prompt; null where unknown",
)
ABLATION = column(
    "ablation", ValueType.NUMBER, "What that falls by where the head writes nothing; null where unknown"
)

HEADS_OF_LOGIT = NamedQuery(
    name="heads-of-logit",
    title="Heads that carry most to a logit",
    sentence="The heads through which a graph's edges into a logit came, those that carried most first.",
    parameters=(
        GRAPH,
        QueryParameter(
            name="target",
            type=ValueType.NODE,
            description="The logit node; null: the most probable",
            required=False,
            kinds=("logit",),
        ),
        k(20, "heads"),
    ),
    columns=(
        column("target", ValueType.NODE, "The logit node"),
        LAYER,
        HEAD,
        column("weight", ValueType.NUMBER, "What the head carried to it as their last head, signed"),
        column("absolute", ValueType.NUMBER, "The same, summed without the signs"),
        ATTRIBUTION,
        INDUCTION,
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(target:LogitNode)
WHERE g.state = 'visible'
HINT (g JOIN h) JOIN target
WITH target
WHERE target.key = coalesce($target, target.key)
WITH target
ORDER BY coalesce(target.probability, -1.0) DESC, target.is_target_logit DESC, target.ordinal
LIMIT 1
MATCH (target)<-[carried:WRITES_TO]-(n:HeadNode)-[of:OF_HEAD]->(a:AttentionHead)
HINT (((target JOIN carried) JOIN n) JOIN of) JOIN a
RETURN target.key AS target, n.layer AS layer, n.head AS head, carried.weight AS weight,
       carried.absolute AS absolute, n.attribution AS attribution, a.induction AS induction
ORDER BY absolute DESC, layer, head
LIMIT $k
""",
)

SHARED_HEADS = NamedQuery(
    name="shared-heads",
    title="Heads that all of these graphs use",
    sentence="Heads that carried a share of the edges in every one of the graphs, the largest mean share first.",
    parameters=(
        GRAPHS,
        share("min_share", "Of what all heads carried in a graph, in each of the graphs", 0.05),
        k(100, "heads"),
    ),
    columns=(
        LAYER,
        HEAD,
        column(
            "mean_share", ValueType.NUMBER, "Of what all heads carried in a graph, the mean over the graphs"
        ),
        column("least_share", ValueType.NUMBER, "The same in the graph in which it is least"),
        INDUCTION,
    ),
    cypher="""
MATCH (g:AttributionGraph)-[x:HAS_HEAD]->(m:HeadNode)
WHERE g.id IN $graphs AND g.state = 'visible'
HINT (g JOIN x) JOIN m
WITH g, sum(m.carried) AS total
WHERE total > 0
MATCH (g)-[y:HAS_HEAD]->(n:HeadNode)-[of:OF_HEAD]->(a:AttentionHead)
HINT (((g JOIN y) JOIN n) JOIN of) JOIN a
WITH a, n.carried / total AS share
WHERE share >= $min_share
WITH a, count(*) AS n_graphs, avg(share) AS mean_share, min(share) AS least_share
WHERE n_graphs = size($graphs)
RETURN a.layer AS layer, a.head AS head, mean_share, least_share, a.induction AS induction
ORDER BY mean_share DESC, layer, head
LIMIT $k
""",
)

FEATURES_WRITTEN_BY_HEAD = NamedQuery(
    name="features-written-by-head",
    title="Features that a head writes",
    sentence="Features into whose nodes a model's head carried edges, over all graphs, those it carried most to first.",
    parameters=(*OF_MODEL, k(100, "features")),
    columns=(
        column("feature", ValueType.FEATURE, "The Feature"),
        column("feature_layer", ValueType.COUNT, "Its layer"),
        column("n_graphs", ValueType.COUNT, "Graphs in which the head wrote to a node of it"),
        column("n_nodes", ValueType.COUNT, "These nodes"),
        column("weight", ValueType.NUMBER, "What the head carried to them, signed, all together"),
        column("absolute", ValueType.NUMBER, "The same, summed without the signs"),
        EXPLANATIONS,
    ),
    cypher="""
MATCH (a:AttentionHead)<-[of:OF_HEAD]-(n:HeadNode)<-[x:HAS_HEAD]-(g:AttributionGraph)
WHERE a.model = $model AND a.layer = $layer AND a.head = $head AND g.state = 'visible'
HINT (((a JOIN of) JOIN n) JOIN x) JOIN g
WITH g, n
MATCH (n)-[carried:WRITES_TO]->(m:FeatureNode)-[i:INSTANCE_OF]->(f:Feature)
HINT (((n JOIN carried) JOIN m) JOIN i) JOIN f
WITH f, count(DISTINCT g.id) AS n_graphs, count(*) AS n_nodes, sum(carried.weight) AS weight,
     sum(carried.absolute) AS absolute
ORDER BY absolute DESC, f.key
LIMIT $k
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN f.key AS feature, f.layer AS feature_layer, n_graphs, n_nodes, weight, absolute,
       collect(e.text) AS explanations
ORDER BY absolute DESC, feature
""",
)

INDUCTION_HEADS = NamedQuery(
    name="induction-heads",
    title="Induction heads that feed the prediction",
    sentence="Heads with an induction score that carried edges into logits or handed something to later heads.",
    parameters=(
        GRAPH,
        share("min_induction", "The head's induction score, at least", 0.1),
        k(20, "heads"),
    ),
    columns=(
        LAYER,
        HEAD,
        column("induction", ValueType.NUMBER, "The head's induction score, 0 to 1"),
        column("to_logits", ValueType.NUMBER, "What it carried to the graph's logits, without signs"),
        column("n_fed", ValueType.COUNT, "Later heads among the strongest edges between heads"),
        column("to_heads", ValueType.NUMBER, "Attribution that it handed to them, signed"),
        ATTRIBUTION,
    ),
    cypher="""
MATCH (g:AttributionGraph {id: $graph})-[x:HAS_HEAD]->(n:HeadNode)-[of:OF_HEAD]->(a:AttentionHead)
WHERE g.state = 'visible' AND a.induction >= $min_induction
HINT (((g JOIN x) JOIN n) JOIN of) JOIN a
WITH n, a.induction AS induction
OPTIONAL MATCH (n)-[carried:WRITES_TO]->(:LogitNode)
WITH n, induction, count(carried) AS n_logits, 0.0 + coalesce(sum(carried.absolute), 0.0) AS to_logits
OPTIONAL MATCH (n)-[fed:FEEDS]->(:HeadNode)
WITH n, induction, n_logits, to_logits, count(fed) AS n_fed, 0.0 + coalesce(sum(fed.weight), 0.0) AS to_heads
WHERE n_logits + n_fed > 0
RETURN n.layer AS layer, n.head AS head, induction, to_logits, n_fed, to_heads, n.attribution AS attribution
ORDER BY induction DESC, layer, head
LIMIT $k
""",
)

HEAD_GRAPHS = NamedQuery(
    name="head-graphs",
    title="Prompts in which a head matters",
    sentence="The graphs of a model by what its head does there, those first whose prediction it changes most.",
    parameters=(
        *OF_MODEL,
        share("min_share", "Of what all heads carried in a graph, at least", 0.0),
        k(100, "graphs"),
    ),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("target", ValueType.TEXT, "The token that is explained"),
        column("foil", ValueType.TEXT, "The token that it is told apart from; null where there is none"),
        ATTRIBUTION,
        ABLATION,
        column("share", ValueType.NUMBER, "Of what all heads carried there; null where that is not known"),
    ),
    cypher="""
MATCH (a:AttentionHead)<-[of:OF_HEAD]-(n:HeadNode)<-[x:HAS_HEAD]-(g:AttributionGraph)-[y:HAS_INTERNALS]->(i:Internals)
WHERE a.model = $model AND a.layer = $layer AND a.head = $head AND g.state = 'visible'
HINT (((((a JOIN of) JOIN n) JOIN x) JOIN g) JOIN y) JOIN i
WITH g, n, i
MATCH (g)-[z:HAS_HEAD]->(m:HeadNode)
HINT (g JOIN z) JOIN m
WITH g, n, i, sum(m.carried) AS total
WITH g, n, i, CASE WHEN total > 0 THEN n.carried / total END AS share
WHERE coalesce(share, 0.0) >= $min_share
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt, i.target AS target, i.foil AS foil,
       n.attribution AS attribution, n.ablation AS ablation, share
ORDER BY coalesce(abs(attribution), -1.0) DESC, coalesce(share, -1.0) DESC, graph
LIMIT $k
""",
)

QUERIES = (HEADS_OF_LOGIT, INDUCTION_HEADS, SHARED_HEADS, FEATURES_WRITTEN_BY_HEAD, HEAD_GRAPHS)
