"""Graph files of Neuronpedia and circuit-tracer, read: the file's text in pieces, its nodes, its links, the graph.

read -> links -> nodes, pieces -> kernels
"""
