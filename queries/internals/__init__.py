"""A prompt's internals once a model has given them: what is stored of its heads, and what is made of arrays.

records    statistics, weighted, lines    logits -> heads    sankey, exported
"""
