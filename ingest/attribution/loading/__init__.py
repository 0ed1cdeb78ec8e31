"""A model with its transcoders, from a folder or a hub into memory; what cannot be loaded is refused before, with what
to do.

    load -> find (hub) -> checks (weights) -> circuit-tracer's loaders
"""
