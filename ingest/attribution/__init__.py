"""Attribution of a prompt by circuit-tracer, and the checks that need neither torch nor the model.

attribution -> memory        prompt: the check of a prompt before its job is queued
"""
