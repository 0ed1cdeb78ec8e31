"""The embedded engine: one file, one process that writes.

store -> interventions, internals -> load -> read -> statements, connection
"""
