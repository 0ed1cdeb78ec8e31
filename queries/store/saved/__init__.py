"""Queries that people keep under names: what is promised of them, and how an engine keeps them.

kept -> saved, statements; published -> saved
"""
