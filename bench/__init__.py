"""Side-by-side measurements: `make bench` prints them all, `python -m bench NAME` one.

__main__ -> a module a measurement -> databases, bare -> measure
"""
