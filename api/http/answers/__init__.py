"""The bodies of requests and answers that are not records of the data model: a module for each of the routes.

paths, compare, graphs -> nodes
"""
