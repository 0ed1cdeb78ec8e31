"""The server engine: a Neo4j server, over Bolt, for any number of processes.

store -> interventions, internals -> load -> read -> statements, connection
"""
