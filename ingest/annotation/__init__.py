"""Explanations for the features of a graph: a module a source."""
