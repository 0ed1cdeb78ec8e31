"""Automatic groups: a grouping of a graph's feature nodes from its edges alone, for graphs that nobody labelled.

flow -> units -> tree (kernels), cut -> names -> automatic

The method: an agglomerative information bottleneck (Slonim and Tishby, 1999) on where a feature's influence comes from
and goes to, that is paid for merging what influence flows between. It draws nothing at random and depends on no order
of nodes.
"""
