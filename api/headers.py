"""Headers that both the server and its client name."""

TRUNCATED = "X-Truncated"
"""The header of a query's answer whose rows were cut: by `rows` or `bytes`."""
