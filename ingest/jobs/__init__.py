"""Durable jobs: accepted into a queue, run step by step by the worker, told as records.

queue -> workflow -> records
"""
