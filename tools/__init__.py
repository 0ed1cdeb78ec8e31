"""Programs for developers; the product imports none of them.

neo4j_server -> prerequisites
"""
