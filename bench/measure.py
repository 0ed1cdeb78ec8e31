"""Times calls, and prints medians of repeated measurements in tables."""

import statistics
import time
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

console = Console(width=110)


def seconds(call: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def spread(values: Sequence[float]) -> str:
    """Median (least to most), in milliseconds or seconds."""
    scale, unit = (1000, "ms") if statistics.median(values) < 1 else (1, "s")
    median, least, most = (one * scale for one in (statistics.median(values), min(values), max(values)))
    return f"{median:.3g} {unit} ({least:.3g} to {most:.3g})"


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    console.print(table)
