"""The internals of a prompt as a file: arrays and what is told of them. Needs no torch.

folder -> file
"""
