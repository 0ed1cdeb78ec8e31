"""The graph database: what is stored, what an engine promises, and the two engines that keep the promises.

open -> address, ladybug/store | neo4j/store -> store, rows -> schema
ladybug/ and neo4j/:  store -> load -> statements, connection
"""
