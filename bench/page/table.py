"""The measurements as tables: the viewer, our page, their ratio and what it must reach."""

import gzip
import os
import re
import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.measure import console, show
from bench.page.browser import Measured
from bench.page.graphs import NAMES, graphs
from bench.page.rounds import Rounds, rounds
from bench.page.viewer import LIBRARIES
from tests.support.processes import ROOT

MOST_JAVASCRIPT = 350
"""kB, compressed, of the first page."""


class Line(NamedTuple):
    """A row of a table: what it measures of one opening; `bar` by the graph's name."""

    title: str
    of: Callable[[Measured], float | None]
    unit: str
    bar: dict[str, str]
    of_viewer: Callable[[Measured], float | None] | None = None
    """What of the viewer it is compared with; None: the same."""


def percentile(values: Sequence[float], part: float) -> float:
    """The least value that so large a part of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


RATIO = {"real": "faster", "700": "faster", "2000": "2 times", "5000": "2 times"}
FIVE = dict.fromkeys(("real", "700", "2000", "5000"), "5 times")
LINES = (
    Line("data fetched to all painted", lambda one: one.data_to_all, "ms", RATIO),
    Line("data fetched to nodes drawn", lambda one: one.data_to_nodes, "ms", {}),
    Line("opened to nodes drawn", lambda one: one.opened_to_nodes, "ms", {"40000": "3,000 ms"}),
    Line("longest task while loading", lambda one: one.longest_task, "ms", {}),
    Line("click on a hub to paint", lambda one: statistics.median(one.hubs), "ms", FIVE),
    Line("the slowest of them", lambda one: max(one.hubs), "ms", {}),
    Line("hover to tooltip painted, p50", lambda one: percentile(one.tooltips, 0.5), "ms", {}),
    Line("hover to tooltip painted, p95", lambda one: percentile(one.tooltips, 0.95), "ms", {}),
    Line(
        "the same, p50, to the viewer's next paint",
        lambda one: percentile(one.tooltips, 0.5),
        "ms",
        {"2000": "as fast", "5000": "as fast"},
        lambda one: percentile(one.moves, 0.5),
    ),
    Line(
        "the same, p95, to the viewer's next paint",
        lambda one: percentile(one.tooltips, 0.95),
        "ms",
        {"2000": "4 times", "5000": "4 times"},
        lambda one: percentile(one.moves, 0.95),
    ),
    Line(
        "frames a second, sweeping", lambda one: one.sweeping, "", {"2000": "55", "5000": "50", "40000": "50"}
    ),
    Line(
        "frames a second, zooming", lambda one: one.zooming, "", {"2000": "50", "5000": "45", "40000": "45"}
    ),
    Line("DOM nodes, loaded", lambda one: one.elements[0], "", {}),
    Line("DOM nodes, after use", lambda one: one.elements[1], "", {}),
    Line("heap, loaded", lambda one: one.heap[0], "MB", {}),
    Line("heap, after use", lambda one: one.heap[1], "MB", {}),
)


def main() -> None:
    """Measures the graphs that BENCH_GRAPHS names, or all."""
    asked = tuple(os.environ.get("BENCH_GRAPHS", " ".join(NAMES)).split())
    if not LIBRARIES.exists():
        raise SystemExit("The viewer's libraries are missing: `make bench` installs them.")
    found = list(graphs(asked))
    if "real" in asked and all(one.name != "real" for one in found):
        console.print("The real graph is left out: ../shared/graphs is not beside this folder.")
    for each in rounds(found):
        _show(each)
    _show_javascript()


def _show(found: Rounds) -> None:
    rows = []
    for line in LINES:
        ours = [value for one in found.ours if (value := line.of(one)) is not None]
        theirs = [value for one in found.theirs if (value := (line.of_viewer or line.of)(one)) is not None]
        ratio = _ratio(line, ours, theirs)
        rows.append(
            [
                line.title,
                _spread(theirs, line.unit),
                _spread(ours, line.unit),
                ratio,
                line.bar.get(found.graph.name, ""),
            ]
        )
    loads = ", ".join(f"{load:.1f}" for load in found.loads)
    show(
        f"{found.graph.title}; {len(found.ours)} rounds, load of the machine {loads}",
        ["what", "viewer", "ours", "viewer / ours", "must reach"],
        rows,
    )


def _ratio(line: Line, ours: list[float], theirs: list[float]) -> str:
    if not (ours and theirs):
        return ""
    one, other = statistics.median(ours), statistics.median(theirs)
    ratio = other / one
    return f"{ratio:.2f}" if line.unit else f"{1 / ratio:.2f} (ours / viewer)"


def _spread(values: list[float], unit: str) -> str:
    """Median (least to most)."""
    if not values:
        return "-"
    median, least, most = (f"{one:,.0f}" for one in (statistics.median(values), min(values), max(values)))
    return f"{median} {unit}".strip() + f" ({least} to {most})"


def _show_javascript() -> None:
    """The scripts that the first page loads, as they travel."""
    page = (ROOT / "web/dist/index.html").read_text(encoding="utf-8")
    scripts = [
        ROOT / "web/dist" / path.lstrip("/") for path in re.findall(r'(?:src|href)="([^"]+\.js)"', page)
    ]
    size = sum(len(gzip.compress(script.read_bytes())) for script in scripts)
    show(
        "The first page's JavaScript, compressed",
        ["size", "must reach"],
        [[f"{size / 1000:.0f} kB", f"at most {MOST_JAVASCRIPT} kB"]],
    )
