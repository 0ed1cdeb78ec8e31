"""Cypher written by people: only reading, bounded in rows, bytes, memory and time, on either engine.

    server -> runner.py -> child.py: lexer.py, gate.py -> on_ladybug.py | on_neo4j.py -> values.py -> answer.py

A query never runs in the server's process. A child reads its words (`lexer`), asks the engine what it would do,
and refuses all that is not known to be reading (`gate`); then it runs it and writes the rows as JSON. Whatever a
query does to its child, the server ends the child and goes on.
"""
