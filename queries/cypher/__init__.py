"""Cypher written by people: only reading, bounded in rows, bytes, memory and time, on either engine.

    server -> runner, outliving -> child: lexer, gate, unstoppable -> on_ladybug | on_neo4j -> values -> answer

A query never runs in the server's process. A child splits it into tokens (`lexer`), lets the engine plan it, and
refuses every query that is not known to only read (`gate`) or that nothing could stop (`unstoppable`); then it runs
the query and writes the rows as JSON. Whatever a query does to its child, the server ends the child and goes on; what
Neo4j goes on with nevertheless is watched (`outliving`).
"""
