"""A prompt's internals: every part's time and memory, and what storing them takes: `python -m bench internals`.

table -> small, large -> runs, dense;  table -> stored
"""

from bench.internals.table import main

__all__ = ["main"]
