"""Named queries about paths: the best ones, motifs that recur across graphs, and the nodes between two nodes."""

from queries.named.definition import (
    EXPLANATIONS,
    GRAPH,
    LABEL,
    NamedQuery,
    QueryColumn,
    QueryParameter,
    ValueType,
    column,
    count,
    k,
    share,
)

MIN_SHARE = share("min_share", "Edges with a smaller share are not followed", 0.002)
MIN_SHARE_OF_MOTIFS = share(
    "min_share", "Edges with a smaller share do not count; a lower one takes far longer", 0.1
)

TOP_PATHS = NamedQuery(
    name="top-paths",
    title="Top paths, in Cypher alone",
    sentence="The best paths of up to three edges from the prompt's tokens to a logit, by product of shares.",
    parameters=(
        GRAPH,
        QueryParameter(
            name="target",
            type=ValueType.NODE,
            description="The logit node; null: the most probable",
            required=False,
            kinds=("logit",),
        ),
        count("min_length", "Fewest edges; 1 admits direct effects of tokens on the logit", 2, 1, 3),
        count("max_length", "Most edges", 3, 1, 3),
        MIN_SHARE,
        k(10, "paths"),
    ),
    columns=(
        column(
            "score",
            ValueType.NUMBER,
            "Product of the shares: the target's influence that flows along this path",
        ),
        column("length", ValueType.COUNT, "Edges"),
        column("nodes", ValueType.NODES, "From the token to the logit"),
        column("labels", ValueType.TEXTS, "Each node's label in the graph, or its token; else null"),
        column("shares", ValueType.NUMBERS, "Of the edges, in their order"),
        column("complete", ValueType.FLAG, "Whether no better path can be missing: score >= min_share"),
    ),
    cypher={
        # No share is above 1, so the share of every edge is at least the score of its path. A path that `min_share`
        # hides therefore scores below it.
        "neo4j": """
MATCH (g:AttributionGraph {id: $graph})-[:HAS_NODE]->(target:LogitNode)
WHERE g.state = 'visible' AND target.key = coalesce($target, target.key)
WITH target
ORDER BY coalesce(target.probability, -1.0) DESC, target.is_target_logit DESC, target.ordinal
LIMIT 1
MATCH path = (source:EmbeddingNode)-[effects:DIRECT_EFFECT*1..3]->(target)
WHERE all(effect IN effects WHERE effect.share >= $min_share)
  AND $min_length <= length(path) AND length(path) <= $max_length
WITH nodes(path) AS steps, [effect IN effects | effect.share] AS shares
WITH steps, shares, reduce(score = 1.0, share IN shares | score * share) AS score
RETURN score, size(shares) AS length, [step IN steps | step.key] AS nodes,
       [step IN steps | coalesce(step.label, step.token)] AS labels, shares, score >= $min_share AS complete
ORDER BY score DESC, nodes
LIMIT $k
""",
        "ladybug": """
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(target:LogitNode)
WHERE g.state = 'visible'
HINT (g JOIN h) JOIN target
WITH target
WHERE target.key = coalesce($target, target.key)
WITH target
ORDER BY coalesce(target.probability, -1.0) DESC, target.is_target_logit DESC, target.ordinal
LIMIT 1
MATCH (source:EmbeddingNode)
      -[effects:DIRECT_EFFECT*1..3 (effect, node | WHERE effect.share >= $min_share
                                    | {effect.share}, {node.key, node.label})]->(target)
WITH properties(rels(effects), 'share') AS shares,
     [source.key] + properties(nodes(effects), 'key') + [target.key] AS nodes,
     [source.token] + properties(nodes(effects), 'label') + [target.token] AS labels
WHERE $min_length <= size(shares) AND size(shares) <= $max_length
WITH list_product(shares) AS score, nodes, labels, shares
RETURN score, size(shares) AS length, nodes, labels, shares, score >= $min_share AS complete
ORDER BY score DESC, list_to_string(' ', nodes)
LIMIT $k
""",
    },
)

MOTIF: tuple[QueryColumn, ...] = (
    column("first", ValueType.FEATURE, "The Feature that it starts at"),
    column("second", ValueType.FEATURE, "The one between"),
    column("third", ValueType.FEATURE, "The one that it ends at"),
)

RECURRING_MOTIFS = NamedQuery(
    name="recurring-motifs",
    title="Path motifs that recur across graphs",
    sentence="Feature → feature → feature, the same three features in several graphs, in most graphs first.",
    parameters=(
        count("min_graphs", "Graphs that have the motif, at least", 2, 1, 10_000),
        MIN_SHARE_OF_MOTIFS,
        k(20, "motifs"),
    ),
    columns=(
        *MOTIF,
        column("n_graphs", ValueType.COUNT, "Graphs that have it"),
        column("n_paths", ValueType.COUNT, "Paths along it in them"),
        column("score", ValueType.NUMBER, "Mean product of the two shares"),
    ),
    cypher="""
MATCH (g:AttributionGraph)-[:HAS_NODE]->(a:FeatureNode)-[ab:DIRECT_EFFECT]->(b:FeatureNode)
      -[bc:DIRECT_EFFECT]->(c:FeatureNode)
WHERE g.state = 'visible' AND ab.share >= $min_share AND bc.share >= $min_share
MATCH (a)-[:INSTANCE_OF]->(first:Feature), (b)-[:INSTANCE_OF]->(second:Feature), (c)-[:INSTANCE_OF]->(third:Feature)
WITH first.key AS first, second.key AS second, third.key AS third,
     count(DISTINCT g.id) AS n_graphs, count(*) AS n_paths, avg(ab.share * bc.share) AS score
WHERE n_graphs >= $min_graphs
RETURN first, second, third, n_graphs, n_paths, score
ORDER BY n_graphs DESC, score DESC, first, second, third
LIMIT $k
""",
)

MOTIF_PATHS = NamedQuery(
    name="motif-paths",
    title="Where a path motif occurs",
    sentence="The paths of all graphs along three given features, the best first.",
    parameters=(
        *(QueryParameter(name=one.name, type=one.type, description=one.description) for one in MOTIF),
        k(100, "paths"),
    ),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("first_node", ValueType.NODE, "The first Feature's node"),
        column("second_node", ValueType.NODE, "The second's"),
        column("third_node", ValueType.NODE, "The third's"),
        column("score", ValueType.NUMBER, "Product of the two shares"),
    ),
    cypher="""
MATCH (p:Feature {key: $first})<-[i:INSTANCE_OF]-(a:FeatureNode)<-[h:HAS_NODE]-(g:AttributionGraph),
      (a)-[ab:DIRECT_EFFECT]->(b:FeatureNode)-[j:INSTANCE_OF]->(q:Feature),
      (b)-[bc:DIRECT_EFFECT]->(c:FeatureNode)-[l:INSTANCE_OF]->(r:Feature)
WHERE g.state = 'visible'
HINT (((((((((((p JOIN i) JOIN a) JOIN h) JOIN g) JOIN ab) JOIN b) JOIN j) JOIN q) JOIN bc) JOIN c) JOIN l) JOIN r
WITH g, a, b, c, q, r, ab.share * bc.share AS score
WHERE q.key = $second AND r.key = $third
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt, a.key AS first_node, b.key AS second_node,
       c.key AS third_node, score
ORDER BY score DESC, first_node, second_node, third_node
LIMIT $k
""",
)

BETWEEN = NamedQuery(
    name="between",
    title="What lies between two nodes",
    sentence="The feature nodes on paths from one node to another, by the influence that flows through them.",
    parameters=(
        GRAPH,
        QueryParameter(
            name="source",
            type=ValueType.NODE,
            description="The key of the node to start from",
            kinds=("embedding", "feature", "error"),
        ),
        QueryParameter(
            name="target",
            type=ValueType.NODE,
            description="The key of the node to reach",
            kinds=("feature", "logit"),
        ),
        count("max_length", "Most edges of a path", 3, 2, 3),
        MIN_SHARE,
        k(20, "nodes"),
    ),
    columns=(
        column("node", ValueType.NODE, "A feature node between them"),
        LABEL,
        EXPLANATIONS,
        column("n_paths", ValueType.COUNT, "Paths through it"),
        column(
            "flow",
            ValueType.NUMBER,
            "The target's influence that flows along them: the sum of their products of shares",
        ),
    ),
    cypher={
        "neo4j": """
MATCH (g:AttributionGraph {id: $graph})-[:HAS_NODE]->(source:EmbeddingNode|FeatureNode|ErrorNode)
WHERE g.state = 'visible' AND source.key = $source
MATCH (g)-[:HAS_NODE]->(target:FeatureNode|LogitNode)
WHERE target.key = $target
MATCH path = (source)-[effects:DIRECT_EFFECT*2..3]->(target)
WHERE all(effect IN effects WHERE effect.share >= $min_share) AND length(path) <= $max_length
WITH nodes(path)[1..-1] AS steps, reduce(score = 1.0, effect IN effects | score * effect.share) AS score
UNWIND steps AS n
WITH n, count(*) AS n_paths, sum(score) AS flow
ORDER BY flow DESC, n.key
LIMIT $k
OPTIONAL MATCH (n)-[:INSTANCE_OF]->(:Feature)-[:EXPLAINED_BY]->(e:Explanation)
RETURN n.key AS node, n.label AS label, collect(e.text) AS explanations, n_paths, flow
ORDER BY flow DESC, node
""",
        # Ladybug looks up a chain of steps that begins at the graph's id. A chain from a node of an earlier WITH scans
        # the table of its last node, if a property of that node is read. So: a chain from each end, the step between
        # them by internal ids, and a third chain for the columns to show.
        "ladybug": """
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(source:EmbeddingNode|FeatureNode|ErrorNode)
      -[first:DIRECT_EFFECT]->(second:FeatureNode)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN source) JOIN first) JOIN second
WITH source, second, first.share AS share
WHERE source.key = $source AND share >= $min_share
WITH id(source) AS start, collect(id(second)) AS seconds, [0.0] + collect(share) AS shares
MATCH (g:AttributionGraph {id: $graph})-[i:HAS_NODE]->(target:FeatureNode|LogitNode)
      <-[last:DIRECT_EFFECT]-(near:FeatureNode)
HINT (((g JOIN i) JOIN target) JOIN last) JOIN near
WITH start, seconds, shares, target, near, last.share AS last
WHERE target.key = $target AND last >= $min_share
WITH start, seconds, shares, near, last
MATCH (near)<-[middle:DIRECT_EFFECT]-(far:EmbeddingNode|FeatureNode|ErrorNode)
HINT (near JOIN middle) JOIN far
WITH start, id(near) AS near, id(far) AS far, last, middle.share AS middle,
     list_extract(shares, list_position(seconds, id(far)) + 1) AS first
WHERE middle >= $min_share AND (far = start OR ($max_length = 3 AND first > 0))
WITH CASE WHEN far = start THEN [near] ELSE [far, near] END AS steps,
     CASE WHEN far = start THEN middle * last ELSE first * middle * last END AS score
UNWIND steps AS step
WITH step, count(*) AS n_paths, sum(score) AS flow
MATCH (g:AttributionGraph {id: $graph})-[j:HAS_NODE]->(n:FeatureNode)-[of:INSTANCE_OF]->(f:Feature)
HINT (((g JOIN j) JOIN n) JOIN of) JOIN f
WITH n, f, step, n_paths, flow
WHERE id(n) = step
WITH n, f, n_paths, flow
ORDER BY flow DESC, n.key
LIMIT $k
OPTIONAL MATCH (f)-[:EXPLAINED_BY]->(e:Explanation)
RETURN n.key AS node, n.label AS label, collect(e.text) AS explanations, n_paths, flow
ORDER BY flow DESC, node
""",
    },
)

LINKS_OF_PATHS = NamedQuery(
    name="links-of-paths",
    title="The links of given paths",
    sentence="Paths that a ranking found, read from the database link by link: a path's influence is the product "
    "of its shares.",
    parameters=(
        GRAPH,
        QueryParameter(
            name="paths",
            type=ValueType.TEXTS,
            description="Each the keys of a path's nodes, from its source to its target, with spaces between",
        ),
        k(10_000, "links"),
    ),
    columns=(
        column("path", ValueType.COUNT, "Which of the paths, counted from 1"),
        column("step", ValueType.COUNT, "Which of its links, from its source on"),
        column("source", ValueType.NODE, "Where the link begins"),
        column("source_label", ValueType.TEXT, "Its label in the graph, or its token; else null"),
        column("target", ValueType.NODE, "Where it ends"),
        column("target_label", ValueType.TEXT, "Its label in the graph, or its token; else null"),
        column("weight", ValueType.NUMBER, "Signed direct effect of the source on the target"),
        column("share", ValueType.NUMBER, "|weight| over the sum of |weight| into the target"),
    ),
    cypher={
        "neo4j": """
WITH $paths AS paths
MATCH (g:AttributionGraph {id: $graph})-[:HAS_NODE]->(source:EmbeddingNode|FeatureNode|ErrorNode)
WHERE g.state = 'visible' AND any(path IN paths WHERE path CONTAINS source.key)
UNWIND range(0, size(paths) - 1) AS at
WITH source, at, split(paths[at], ' ') AS keys
UNWIND [step IN range(0, size(keys) - 2) WHERE keys[step] = source.key] AS step
MATCH (source)-[effect:DIRECT_EFFECT]->(target)
WHERE target.key = keys[step + 1]
RETURN at + 1 AS path, step + 1 AS step, source.key AS source, coalesce(source.label, source.token) AS source_label,
       target.key AS target, coalesce(target.label, target.token) AS target_label, effect.weight AS weight,
       effect.share AS share
ORDER BY path, step
LIMIT $k
""",
        # The edges between nodes of the paths are few; only these are tried on each path.
        "ladybug": """
MATCH (g:AttributionGraph {id: $graph})-[h:HAS_NODE]->(source:EmbeddingNode|FeatureNode|ErrorNode)
      -[effect:DIRECT_EFFECT]->(target:FeatureNode|LogitNode)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN source) JOIN effect) JOIN target
WITH source, effect, target, string_split(list_to_string(' ', $paths), ' ') AS keys
WHERE list_contains(keys, source.key) AND list_contains(keys, target.key)
UNWIND range(1, size($paths)) AS path
WITH source, effect, target, path, string_split(list_extract($paths, path), ' ') AS keys
WITH source, effect, target, path, keys, list_position(keys, source.key) AS step
WHERE step > 0 AND list_position(keys, target.key) = step + 1
RETURN path, step, source.key AS source, coalesce(source.label, source.token) AS source_label, target.key AS target,
       coalesce(target.label, target.token) AS target_label, effect.weight AS weight, effect.share AS share
ORDER BY path, step
LIMIT $k
""",
    },
)

QUERIES = (TOP_PATHS, LINKS_OF_PATHS, BETWEEN, RECURRING_MOTIFS, MOTIF_PATHS)
