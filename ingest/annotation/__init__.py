"""What the features of a graph are, a module for each source.

file, cache -> bulk -> neuronpedia (web within its budget, page) -> feature_files (web, viewer) -> annotator -> stored
"""
