"""The named queries: questions that researchers ask of stored graphs, each with its Cypher for both engines.

request -> QUERIES of paths, effects, features, graphs, tested -> definition        page: docs/queries.md, from QUERIES
"""

from queries.named import effects, features, graphs, paths, tested
from queries.named.definition import NamedQuery

QUERIES: tuple[NamedQuery, ...] = (
    *(*paths.QUERIES, *effects.QUERIES, *features.QUERIES),
    *(*graphs.QUERIES, *tested.QUERIES),
)
"""In the order of reading."""
