"""What is asked across all stored graphs, the same on both engines: one feature wherever it fires, and a search.

features -> statements; search -> asked, found, statements; tables -> asked, found, search (a data set's search)
"""
