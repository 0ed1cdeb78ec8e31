"""The graph database: its schema, the promises of an engine, and the two engines that keep them.

open -> address, ladybug/ | neo4j/ -> store, rows, statements -> schema
ladybug/ and neo4j/:  store -> load -> read -> statements, connection
"""
