"""Routers of what is asked across all graphs: features, and the search."""
