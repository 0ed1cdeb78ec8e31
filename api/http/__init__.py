"""The HTTP API and the page.

app -> guard, page, routes/ -> answers/, cypher, events -> errors
"""
