"""Named queries about graphs that were put to the test: what was changed in the model, and what it did."""

from queries.named.definition import GRAPH, NamedQuery, QueryParameter, ValueType, column, k
from queries.named.features import FEATURE_PARAMETER

INTERVENTION = column("intervention", ValueType.TEXT, "The intervention's id")
EFFECTS = (
    column("verdict", ValueType.TEXT, "What the test is worth; null where there are no controls"),
    column("predicted", ValueType.NUMBER, "Change of the target's logit that the graph predicts"),
    column("as_graph", ValueType.NUMBER, "The same, measured as the graph assumes"),
    column("in_model", ValueType.NUMBER, "The same, measured in the model"),
)
RETURN_EFFECTS = """i.verdict AS verdict, i.predicted_effect AS predicted,
       i.effect_as_graph AS as_graph, i.effect_in_model AS in_model"""

CHANGED_FEATURES = NamedQuery(
    name="changed-features",
    title="Which features of a graph were tested",
    sentence="The feature nodes of a graph that interventions changed, those with the largest measured effects first.",
    parameters=(GRAPH, k(100, "changes")),
    columns=(
        column("node", ValueType.NODE, "The changed feature node"),
        INTERVENTION,
        column("before", ValueType.NUMBER, "Its activation in the unmodified pass"),
        column("value", ValueType.NUMBER, "What it was set to"),
        *EFFECTS,
    ),
    cypher=f"""
MATCH (g:AttributionGraph {{id: $graph}})-[h:HAS_NODE]->(n:FeatureNode)<-[c:CHANGES]-(i:Intervention)
WHERE g.state = 'visible'
HINT (((g JOIN h) JOIN n) JOIN c) JOIN i
RETURN n.key AS node, i.id AS intervention, c.before AS before, c.value AS value,
       {RETURN_EFFECTS}
ORDER BY abs(in_model) DESC, intervention, node
LIMIT $k
""",
)

INTERVENTIONS_ON_FEATURE = NamedQuery(
    name="interventions-on-feature",
    title="Where a feature was put to the test",
    sentence="The interventions that changed a feature, in whatever graph, the largest measured effects first.",
    parameters=(FEATURE_PARAMETER, k(100, "changes")),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("node", ValueType.NODE, "The changed feature node"),
        INTERVENTION,
        column("value", ValueType.NUMBER, "What it was set to"),
        *EFFECTS,
    ),
    cypher=f"""
MATCH (f:Feature {{key: $feature}})<-[o:INSTANCE_OF]-(n:FeatureNode)<-[c:CHANGES]-(i:Intervention)
      <-[h:HAS_INTERVENTION]-(g:AttributionGraph)
WHERE g.state = 'visible'
HINT (((((f JOIN o) JOIN n) JOIN c) JOIN i) JOIN h) JOIN g
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt, n.key AS node, i.id AS intervention, c.value AS value,
       {RETURN_EFFECTS}
ORDER BY abs(in_model) DESC, intervention, node
LIMIT $k
""",
)

FAITHFUL_GRAPHS = NamedQuery(
    name="faithful-graphs",
    title="Graphs that the model bears out",
    sentence="Verified graphs, the most faithful first, with random twins and the shares of groups that hold.",
    parameters=(
        QueryParameter(
            name="min_faithfulness",
            type=ValueType.NUMBER,
            description="Of the graph's features, in the model, at least this",
            required=False,
            default=0.0,
            minimum=-1000.0,
            maximum=1000.0,
        ),
        k(100, "verifications"),
    ),
    columns=(
        column("graph", ValueType.GRAPH, "The graph's id"),
        column("name", ValueType.TEXT, "Its name"),
        column("prompt", ValueType.TEXT, "Its prompt"),
        column("group_by", ValueType.TEXT, "The grouping that was tested"),
        column("faithfulness", ValueType.NUMBER, "Of the graph's features, in the model"),
        column("random", ValueType.NUMBER, "The same of as many random features"),
        column("n_groups", ValueType.COUNT, "Groups that were tested"),
        column("share_holding", ValueType.NUMBER, "Of them; null where there is none"),
    ),
    cypher="""
MATCH (g:AttributionGraph)-[h:HAS_VERIFICATION]->(v:Verification)
WHERE g.state = 'visible' AND v.graph_in_model >= $min_faithfulness
RETURN g.id AS graph, g.name AS name, g.prompt AS prompt, v.group_by AS group_by, v.graph_in_model AS faithfulness,
       v.graph_in_model_random AS random, v.n_groups AS n_groups, v.share_holding AS share_holding
ORDER BY faithfulness DESC, graph, group_by
LIMIT $k
""",
)

QUERIES = (CHANGED_FEATURES, INTERVENTIONS_ON_FEATURE, FAITHFUL_GRAPHS)
