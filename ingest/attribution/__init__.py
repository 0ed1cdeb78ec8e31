"""Attribution of a prompt by circuit-tracer, and the checks that need neither torch nor the model.

attribution -> memory | targets -> prompt: the checks of a prompt and its targets before its job is queued
"""
