"""The lab's engine: a Neo4j server, over Bolt, for any number of processes.

store -> load -> statements, connection
"""
