"""The job database: the jobs in it, and the graphs that they made.

database -> tables; made -> tables
"""
