"""The server and the ways to use it: the HTTP API, the command line, and the page that the server hands out.

cli -> client, server -> http -> explorer -> rankings -> ingest, queries        all -> token, headers
cli, server -> memory: what the process gives back
worker_metrics: what a worker tells Prometheus; health: what containers ask
"""
