"""Named queries about graphs: how well they explain their prompt, and where their influence starts."""

from queries.named.definition import GRAPH, NamedQuery, QueryParameter, ValueType, column, k, share
from queries.words import KindWord


def token(*kinds: KindWord) -> QueryParameter:
    """A token of nodes of these kinds."""
    return QueryParameter(
        name="token",
        type=ValueType.TOKEN,
        description="A token's text, with or without the space it begins with",
        kinds=kinds,
    )


LOW_REPLACEMENT_SCORE = NamedQuery(
    name="low-replacement-score",
    title="Graphs that explain their prompt badly",
    sentence="Graphs with a low replacement score, the lowest first: much influence starts at errors, not at tokens.",
    parameters=(
        share(
            "max_score",
            "Scores up to this one: of the whole trace or, where that is not known, of the graph",
            0.6,
        ),
        k(100, "graphs"),
    ),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("replacement_score", ValueType.NUMBER, "Of the whole trace; null for an import"),
        column("pruned_replacement_score", ValueType.NUMBER, "Of the stored graph"),
    ),
    cypher="""
MATCH (g:AttributionGraph)
WHERE g.state = 'visible' AND coalesce(g.replacement_score, g.pruned_replacement_score) <= $max_score
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt, g.replacement_score AS replacement_score,
       g.pruned_replacement_score AS pruned_replacement_score
ORDER BY coalesce(replacement_score, pruned_replacement_score), graph
LIMIT $k
""",
)

GRAPHS_PREDICTING_TOKEN = NamedQuery(
    name="graphs-predicting-token",
    title="Graphs that predict a token",
    sentence="Graphs that have a logit node of the token, the most probable first.",
    parameters=(token("logit"), k(100, "logit nodes")),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("node", ValueType.NODE, "The logit node"),
        column("token", ValueType.TEXT, "Its token"),
        column("probability", ValueType.NUMBER, "Of the token after the prompt; null where unknown"),
    ),
    cypher="""
MATCH (g:AttributionGraph)-[:HAS_NODE]->(logit:LogitNode)
WHERE g.state = 'visible' AND logit.token IN [$token, ' ' + $token]
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt,
       logit.key AS node, logit.token AS token, logit.probability AS probability
ORDER BY coalesce(probability, -1.0) DESC, node
LIMIT $k
""",
)

INFLUENCE_OF_TOKENS = NamedQuery(
    name="influence-of-tokens",
    title="Which tokens of the prompt matter",
    sentence="The tokens of a graph's prompt, by the influence on its logits that starts at them.",
    parameters=(GRAPH, k(100, "tokens")),
    columns=(
        column("node", ValueType.NODE, "The embedding node"),
        column("position", ValueType.COUNT, "In the prompt, from 0"),
        column("token", ValueType.TEXT, "The token"),
        column("influence", ValueType.NUMBER, "Its node influence"),
        column("share", ValueType.NUMBER, "Of all influence that starts at stored tokens and errors"),
    ),
    cypher="""
// Influence starts at tokens and at errors: nothing else has no inputs.
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(source:EmbeddingNode|ErrorNode)
WHERE g.state = 'visible'
HINT (g JOIN h) JOIN source
WITH g, sum(source.node_influence) AS total
WHERE total > 0
MATCH (g)-[e:HAS_NODE]->(embedding:EmbeddingNode)
HINT (g JOIN e) JOIN embedding
RETURN embedding.key AS node, embedding.position AS position, embedding.token AS token,
       embedding.node_influence AS influence, embedding.node_influence / total AS share
ORDER BY share DESC, node
LIMIT $k
""",
)

INFLUENCE_OF_ERRORS = NamedQuery(
    name="influence-of-errors",
    title="Where the errors are, by layer",
    sentence="The share of a graph's influence that starts at error nodes, layer by layer.",
    parameters=(GRAPH, k(1000, "layers")),
    columns=(
        column("layer", ValueType.COUNT, "The layer"),
        column("n_errors", ValueType.COUNT, "Its stored error nodes"),
        column("influence", ValueType.NUMBER, "The sum of their node influences"),
        column("share", ValueType.NUMBER, "Of all influence that starts at stored tokens and errors"),
    ),
    cypher="""
// Influence starts at tokens and at errors: nothing else has no inputs.
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(source:EmbeddingNode|ErrorNode)
WHERE g.state = 'visible'
HINT (g JOIN h) JOIN source
WITH g, sum(source.node_influence) AS total
WHERE total > 0
MATCH (g)-[e:HAS_NODE]->(error:ErrorNode)
HINT (g JOIN e) JOIN error
WITH total, error.layer AS layer, count(*) AS n_errors, sum(error.node_influence) AS influence
RETURN layer, n_errors, influence, influence / total AS share
ORDER BY layer
LIMIT $k
""",
)

QUERIES = (LOW_REPLACEMENT_SCORE, GRAPHS_PREDICTING_TOKEN, INFLUENCE_OF_TOKENS, INFLUENCE_OF_ERRORS)
