"""The library of stored graphs: prompts in models, with their graphs and what hangs on them.

library -> question, statements
"""
