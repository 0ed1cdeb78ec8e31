"""The internals of a graph's prompt, without the model: what is stored of its heads.

records
"""
