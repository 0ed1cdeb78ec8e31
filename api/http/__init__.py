"""The HTTP API and the page.

app -> guard, bodies, docs, page, routes/ -> answers/, cypher, events, waiting -> errors
connection: what a client may do before it has asked for anything
"""
