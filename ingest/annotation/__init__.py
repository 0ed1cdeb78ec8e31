"""Explanations for the features of a graph, a module for each source.

graph, transcoder set -> file -> graph with explanations
"""
