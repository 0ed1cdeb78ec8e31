"""An attribution graph in memory: its records, its columns, and passes over its edges.

attribution_graph -> features -> records
difference -> attribution_graph
influence, attribution_graph -> acyclic -> kernels, arrays
"""
