"""The tracing process: what it is asked, the handle on it, the process itself, and how a graph comes back.

workbench -> process -> requests <- child -> tasks -> handover
"""
