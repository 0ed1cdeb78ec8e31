"""The cookbook: questions that researchers ask of stored attribution graphs, by name, in both engines' Cypher."""

from queries.named import effects, features, graphs, paths
from queries.named.definition import NamedQuery

QUERIES: tuple[NamedQuery, ...] = (*paths.QUERIES, *effects.QUERIES, *features.QUERIES, *graphs.QUERIES)
"""In the order of reading."""
