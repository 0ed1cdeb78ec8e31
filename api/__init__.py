"""HTTP over queries/ and ingest's jobs, and the command line, which asks over HTTP too.

cli -> client, server -> http -> explorer        all -> token, headers
"""
