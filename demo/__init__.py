"""The bundled demo model: a small language model, its transcoders, their labels, and the script that makes them.

train -> training -> artefacts -> labels -> transcoders, text -> sparse, facts
report -> measures -> artefacts
"""
