"""The server engine: a Neo4j server, over Bolt, for any number of processes.

store -> load -> read -> statements, connection
"""
