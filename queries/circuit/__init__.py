"""The few groups of nodes that explain most of a target's influence, and how much they do.

question -> circuit, chosen -> choice | parts | scores;  question -> drawn -> parts | scores | chance
"""
