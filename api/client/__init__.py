"""The HTTP API from the outside: a client, and how it finds a server. It knows the server by HTTP alone.

client -> places
"""
