"""Which attention heads carried a stored graph's links, how much each, and for which nodes a head looked there.

A recorded pass with transcoders in place of MLPs is linear in what the graph's nodes write (`LocalReplacement`), so
that links split exactly:

    answer = loadings(replacement, graph.nodes, graph.edges)      split.py: all links by their last heads, if the replay
                                                                  gives the graph's weights again
    paths = link_paths(replacement, graph.nodes, source, target)  paths.py: one link, its keys and all paths by head
    pairs = score_pairs(replacement, graph.nodes, cell, n_pairs)  pairs.py: a head's score at a cell by pairs of nodes
    replacement = local_replacement(loaded, model, ids, …)        loaded.py: of what circuit-tracer has loaded

split | paths | pairs -> runs -> nodes -> replacement <- loaded
"""
