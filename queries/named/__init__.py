"""The named queries: questions that researchers ask of stored graphs, each with its Cypher for both engines.

request -> QUERIES of paths, effects, features, collections, graphs, tested, heads -> definition
page: docs/queries.md, from QUERIES
"""

from queries.named import collections, effects, features, graphs, heads, paths, tested
from queries.named.definition import NamedQuery

QUERIES: tuple[NamedQuery, ...] = (
    *(*paths.QUERIES, *effects.QUERIES, *features.QUERIES, *collections.QUERIES),
    *(*graphs.QUERIES, *tested.QUERIES, *heads.QUERIES),
)
"""In the order of reading."""
