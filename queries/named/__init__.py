"""The named queries: questions that researchers ask of stored graphs, each with its Cypher for both engines.

request -> QUERIES of paths, effects, features, collections, graphs, tested, heads -> definition
page: docs/queries.md, from QUERIES
"""

from queries.named import collections, effects, features, graphs, heads, paths, tested
from queries.named.definition import NamedQuery

GROUPS: dict[str, tuple[NamedQuery, ...]] = {
    "Paths": paths.QUERIES,
    "Direct effects": effects.QUERIES,
    "Features across graphs": features.QUERIES,
    "Collections": collections.QUERIES,
    "Graphs and tokens": graphs.QUERIES,
    "Tests in the model": tested.QUERIES,
    "Attention heads": heads.QUERIES,
}
"""By what they are about, in the order of reading."""

QUERIES: tuple[NamedQuery, ...] = tuple(query for queries in GROUPS.values() for query in queries)
