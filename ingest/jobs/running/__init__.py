"""Running jobs in this process.

runner -> workflow -> run -> graph_work, storing -> course;  runner -> claims, sweep -> executors
"""
