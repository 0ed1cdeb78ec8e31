"""Pruning by cumulative influence: from a whole trace to the graph that is stored.

assemble -> prune -> kernels
"""
