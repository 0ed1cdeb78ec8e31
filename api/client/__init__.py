"""The HTTP API from the outside: a client, and how it finds a server. It knows no server's insides.

client -> places
"""
