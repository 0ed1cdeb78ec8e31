"""The graph's page beside circuit-tracer's viewer, in Chromium: `BENCH_GRAPHS="real 2000" python -m bench page`.

table -> rounds -> browser -> viewer, graphs;  instruments.js runs in both pages
"""

from bench.page.table import main

__all__ = ["main"]
