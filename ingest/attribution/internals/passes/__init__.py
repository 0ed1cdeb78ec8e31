"""Passes of a model, watched: recorded, replayed with what is nonlinear held, and with heads changed.

replay -> record | changed -> watch -> layer | norms | model; record -> tape
"""
