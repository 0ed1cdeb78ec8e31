"""The server: `python -m bench serving`.

startup: its application's start-up beside its framework's
waiting: how long /api/health takes while a hundred grouped questions wait, and the server's memory meanwhile
tracing: how long paths take while its worker traces, and what the trace loses
"""

from bench.serving import startup, tracing, waiting


def main() -> None:
    startup.show_startup()
    waiting.show_waiting()
    tracing.show_tracing()
