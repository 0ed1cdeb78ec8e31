"""Interventions on the model: the batched engine, whether the model is the one of a stored graph, and the experiments.

experiments -> reproduction -> engine -> traced | hooked, the passes of a backend -> conditions
"""
