"""The embedded engine: one file, one process that writes.

store -> load -> statements, connection
"""
