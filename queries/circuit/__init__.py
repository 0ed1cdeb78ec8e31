"""The few groups of nodes that explain most of a target's influence, and how much they do.

question -> circuit -> choice | subgraph scores
"""
