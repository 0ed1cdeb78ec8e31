"""The graph database: its schema, the promises of an engine, and the two engines that keep them.

open -> address, ladybug/ | neo4j/ | data_set -> store, rows, statements -> schema
data_set -> parquet_store -> parquet, rows; data_set -> ladybug/
ladybug/ and neo4j/:  store -> interventions, internals -> load -> read -> statements, connection
store, ladybug/, neo4j/, parquet_store -> collections/, saved/
"""
