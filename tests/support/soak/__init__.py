"""Kills of servers, workers and databases over a stream of jobs, and the counts that show that nothing is lost.

programs -> setups -> soak -> ending
api -> stream, readers -> soak
"""
