"""The tracing process: the requests to it, the handle on it, the process itself, its tasks, and how a graph comes back.

workbench -> process -> requests <- child -> tasks -> handover
"""
