"""The embedded engine: one file, one process that writes.

store -> load -> read -> statements, connection
"""
