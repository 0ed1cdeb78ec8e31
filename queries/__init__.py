"""What the database stores, and every question to it.

named, cypher -> store -> graph    views, interventions -> paths, exports -> graph    all -> errors, words, process
"""
