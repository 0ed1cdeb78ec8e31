"""Named collections of graphs: what is promised of them, and how an engine keeps them.

kept -> collections, statements; published -> collections
"""
