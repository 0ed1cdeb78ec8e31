"""Storing graphs and reading them. table -> bare: the ways of the bare Neo4j driver."""

from bench.store.table import main

__all__ = ["main"]
