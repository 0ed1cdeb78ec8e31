"""Readers of graph files by Neuronpedia and circuit-tracer: the text in pieces, its nodes, its links, the graph.

read -> links -> nodes, pieces -> kernels
"""
