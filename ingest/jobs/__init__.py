"""Durable jobs: accepted into a queue, run step by step by the worker, reported as records.

queue -> known, kept, running -> records
"""
