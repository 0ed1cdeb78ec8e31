"""The gate that lets a query pass if it only reads stored graphs.

Three locks, since none holds alone:

1. The query's words. Neo4j's plan does not show the operators of a subquery inside a list comprehension, so
   `[x IN [1] | COUNT { LOAD CSV … }]` passes a look at the plan; and Ladybug opens the file of a `LOAD FROM`
   while it only prepares it.
2. The operators of the plan, which the engine shows before anything runs: only the ones listed here may be in it.
3. The engine's own: a database opened for reading, a transaction for reading; on Ladybug a process that can
   open no file.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from queries.cypher.lexer import Token, calls
from queries.errors import InvalidQuery, QueryRefused

NEO4J_OPERATORS = frozenset(
    """
    AllNodesScan Anti AntiConditionalApply AntiSemiApply Apply Argument ArgumentTracker AssertSameNode
    AssertSameRelationship AssertingMultiNodeIndexSeek AssertingMultiRelationshipIndexSeek
    BidirectionalRepeat(Trail) CacheProperties CartesianProduct ConditionalApply
    DirectedAllRelationshipsScan DirectedRelationshipByElementIdSeek DirectedRelationshipByIdSeek
    DirectedRelationshipIndexContainsScan DirectedRelationshipIndexEndsWithScan DirectedRelationshipIndexScan
    DirectedRelationshipIndexSeek DirectedRelationshipIndexSeekByRange DirectedRelationshipTypeScan
    DirectedRelationshipUniqueIndexSeek DirectedUnionRelationshipTypesScan Distinct Eager EagerAggregation
    EmptyResult EmptyRow Error ExhaustiveLimit Expand(All) Expand(Into) Filter IntersectionNodeByLabelsScan
    LetAntiSemiApply LetSelectOrAntiSemiApply LetSelectOrSemiApply LetSemiApply Limit MultiNodeIndexSeek
    NodeByElementIdSeek NodeByIdSeek NodeByLabelScan NodeCountFromCountStore NodeHashJoin
    NodeIndexContainsScan NodeIndexEndsWithScan NodeIndexScan NodeIndexSeek NodeIndexSeekByRange
    NodeLeftOuterHashJoin NodeRightOuterHashJoin NodeUniqueIndexSeek NodeUniqueIndexSeekByRange NonFuseable
    NullifyMetadata Optional OptionalExpand(All) OptionalExpand(Into) OrderedAggregation OrderedDistinct
    OrderedUnion PartialSort PartialTop PartitionedAllNodesScan PartitionedDirectedAllRelationshipsScan
    PartitionedDirectedRelationshipIndexScan PartitionedDirectedRelationshipIndexSeek
    PartitionedDirectedRelationshipIndexSeekByRange PartitionedDirectedRelationshipTypeScan
    PartitionedDirectedUnionRelationshipTypesScan PartitionedIntersectionNodeByLabelsScan
    PartitionedNodeByLabelScan PartitionedNodeIndexScan PartitionedNodeIndexSeek
    PartitionedNodeIndexSeekByRange PartitionedSubtractionNodeByLabelsScan
    PartitionedUndirectedAllRelationshipsScan PartitionedUndirectedRelationshipIndexScan
    PartitionedUndirectedRelationshipIndexSeek PartitionedUndirectedRelationshipIndexSeekByRange
    PartitionedUndirectedRelationshipTypeScan PartitionedUndirectedUnionRelationshipTypesScan
    PartitionedUnionNodeByLabelsScan PartitionedUnwind PathPropagatingBFS PreserveOrder ProduceResults
    ProjectEndpoints Projection RelationshipCountFromCountStore Repeat(Trail) Repeat(Walk) RepeatOptions
    RollUpApply SelectOrAntiSemiApply SelectOrSemiApply SemiApply ShortestPath Skip Sort
    StatefulShortestPath(All) StatefulShortestPath(Into) SubqueryForeach SubtractionNodeByLabelsScan Top
    Top1WithTies TriadicBuild TriadicFilter TriadicSelection UndirectedAllRelationshipsScan
    UndirectedRelationshipByElementIdSeek UndirectedRelationshipByIdSeek
    UndirectedRelationshipIndexContainsScan UndirectedRelationshipIndexEndsWithScan
    UndirectedRelationshipIndexScan UndirectedRelationshipIndexSeek UndirectedRelationshipIndexSeekByRange
    UndirectedRelationshipTypeScan UndirectedRelationshipUniqueIndexSeek UndirectedUnionRelationshipTypesScan
    Union UnionNodeByLabelsScan Unwind ValueHashJoin VarLengthExpand(All) VarLengthExpand(Into)
    VarLengthExpand(Pruning) VarLengthExpand(Pruning,BFS) VarLengthExpand(Pruning,BFS,All)
    VarLengthExpand(Pruning,BFS,Into)
    """.split()  # noqa: SIM905  # readable as it is
)
"""Neo4j's operators that scan, follow, filter, join, sort, count and shape. Left out: operators that write or lock,
LoadCSV, ProcedureCall, TransactionApply, RunQueryAt, and all that show or administer the server."""

_TEMPORAL = ("date", "datetime", "localdatetime", "localtime", "time")
NEO4J_FUNCTIONS = frozenset(
    (
        *(
            f"{type}.{clock}"
            for type in _TEMPORAL
            for clock in ("realtime", "statement", "transaction", "truncate")
        ),
        *("datetime.fromepoch", "datetime.fromepochmillis"),
        *(f"duration.{unit}" for unit in ("between", "indays", "inmonths", "inseconds")),
        *("point.distance", "point.withinbbox", "vector.similarity.cosine", "vector.similarity.euclidean"),
    )
)
"""Neo4j's own functions with a namespace that only compute, in lower case. A function without a namespace is always
Neo4j's own, since a plugin's must have one. Left out: `graph.…`, `genai.…`, and all that later versions add."""

LADYBUG_OPERATORS = frozenset(
    """
    AGGREGATE AGGREGATE_FINALIZE AGGREGATE_SCAN COUNT_REL_TABLE CROSS_PRODUCT DUMMY_SINK EMPTY_RESULT FILTER
    FLATTEN HASH_JOIN_BUILD HASH_JOIN_PROBE INTERSECT INTERSECT_BUILD LIMIT MULTIPLICITY_REDUCER ORDER_BY
    ORDER_BY_MERGE ORDER_BY_SCAN PATH_PROPERTY_PROBE PRIMARY_KEY_SCAN_NODE_TABLE PROJECTION
    QUERY_PRIMARY_KEY_LOOKUP RECURSIVE_EXTEND
    RESULT_COLLECTOR SCAN_NODE_TABLE SCAN_REL_TABLE SEMI_MASKER SKIP TABLE_FUNCTION_CALL TOP_K TOP_K_SCAN
    UNION_ALL_SCAN UNWIND UNWIND_DEDUPLICATE
    """.split()  # noqa: SIM905  # readable as it is
)
"""Ladybug's operators that read tables and shape rows; TABLE_FUNCTION_CALL may call LADYBUG_TABLES only."""

LADYBUG_TABLES = frozenset(("READ_FTABLE",))
"""The table function that reads the result of an operator below it; LOAD FROM and CALL run all others."""

LADYBUG_BEGINNINGS = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN")
LADYBUG_STATEMENTS = """
    ALTER ANALYZE ATTACH BEGIN CALL CHECKPOINT COMMENT COMMIT COPY CREATE DELETE DETACH DROP EXPLAIN EXPORT FORCE
    IMPORT INSTALL LOAD MERGE PROFILE ROLLBACK SET UNINSTALL UPDATE USE
    """.split()  # noqa: SIM905  # readable as it is
"""The first words of Ladybug's other statements. Merely preparing some of these opens files."""


def check_words(found: Sequence[Token]) -> None:
    """Raises QueryRefused for words that load, call procedures, or begin a second statement."""
    for at, token in enumerate(found):
        if token.signs(";") and not all(other.signs(";") for other in found[at:]):
            raise QueryRefused("it has several statements, and one is run at a time.")
        if token.says("LOAD"):
            after = [one.text.upper() for one in found[at + 1 : at + 3]]
            if after[:1] in (["CSV"], ["FROM"]) or after == ["WITH", "HEADERS"]:
                raise QueryRefused(f"{token.text} {after[0]} reads a file or an address.")
    for call in calls(found):
        if call.start and found[call.start - 1].says("CALL") and not _is_named(found, call.start - 1):
            raise QueryRefused(f"{call.name} is a procedure, and none may be called.")


def _is_named(found: Sequence[Token], at: int) -> bool:
    """Whether the word is not a clause but the name of a variable, property or label: `… AS call MATCH (n)`."""
    return at > 0 and (found[at - 1].says("AS") or found[at - 1].signs(".", ":"))


def check_neo4j_functions(names: Iterable[str]) -> None:
    """Raises QueryRefused for a function that may not be Neo4j's own, or may do more than compute."""
    for name in names:
        if "." in name and name.lower() not in NEO4J_FUNCTIONS:
            raise QueryRefused(f"the function {name} is not known to compute only.")


DOTTED = re.compile(r"[\w`]+(?:\.[\w`]+)+(?=\()")


def check_neo4j_details(details: str) -> None:
    """Raises QueryRefused for an expression in a plan that loads or calls: a subquery in one shows no operators.

    The details hold no text of the query's strings, which Neo4j turns into parameters.
    """
    check_neo4j_functions(name.replace("`", "") for name in DOTTED.findall(details))
    for hidden in ("LOAD CSV", "ResolvedCall"):
        if hidden in details:
            raise QueryRefused(f"the engine would run {hidden}.")


def check_ladybug_functions(names: Iterable[str], macros: Collection[str]) -> None:
    """Raises QueryRefused for a function that was added to the database; `macros` are in upper case."""
    for name in names:
        if name.upper() in macros:
            raise QueryRefused(f"{name} is a macro of this database, not one of the engine's own functions.")


def check_beginning(found: Sequence[Token]) -> None:
    """Raises QueryRefused for a statement of Ladybug's that does not read, InvalidQuery for no statement at all."""
    if not found:
        raise InvalidQuery("The query is empty.")
    if found[0].says(*LADYBUG_BEGINNINGS):
        return
    expected = f"A reading query begins with {', '.join(LADYBUG_BEGINNINGS)}"
    if found[0].says(*LADYBUG_STATEMENTS):
        raise QueryRefused(f"it begins with {found[0].text}. {expected}.")
    raise InvalidQuery(f"{expected}, not with {found[0].text}.")


def check_operators(operators: Collection[str], allowed: Collection[str]) -> None:
    """Raises QueryRefused for an operator that is not allowed, or where the engine named none."""
    unknown = sorted(set(operators) - set(allowed))
    if unknown:
        raise QueryRefused(f"the engine would run {', '.join(unknown)}.")
    if not operators:
        raise QueryRefused("the engine does not tell what it would run.")


TITLE = re.compile(r"│ *([A-Z_]+)\[([0-9]+)\] *│")
FUNCTION = re.compile(r"Function: *([^ │]*)")


def check_ladybug_plan(plan: str) -> None:
    """Raises QueryRefused unless Ladybug's drawn plan names every operator, and each is allowed.

    Operators are numbered from 0. The plan draws text of the query inside their boxes; this may look like one more
    operator, never like one fewer.
    """
    operators = TITLE.findall(plan)
    numbers = {int(number) for _, number in operators}
    if numbers != set(range(len(numbers))):
        raise QueryRefused("the engine's plan of it cannot be read.")
    check_operators([name for name, _ in operators], LADYBUG_OPERATORS)
    functions = FUNCTION.findall(plan)
    if len(functions) < sum(name == "TABLE_FUNCTION_CALL" for name, _ in operators):
        raise QueryRefused("the engine's plan of it cannot be read.")
    check_operators(["TABLE_FUNCTION_CALL", *functions], LADYBUG_TABLES | {"TABLE_FUNCTION_CALL"})
