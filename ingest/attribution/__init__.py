"""Attribution of a prompt by circuit-tracer, and the checks that need neither torch nor the model.

attribution -> memory        prompt: what a job is checked by before it is queued
"""
