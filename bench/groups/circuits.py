"""The chosen circuit beside the best of 1,000 random ones of its size, and beside the units of most flow."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from bench.measure import seconds, show
from queries.circuit.choice import Chooser
from queries.circuit.circuit import circuit_units
from queries.circuit.explained import passing
from queries.graph.arrays import Floats, Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.limits import Limits
from queries.paths.question import CircuitQuestion
from queries.paths.space import PathSpace
from queries.words import GroupBy

RANDOM = 1_000
SIZES = (5, 10, 20)


def compare(graphs: dict[str, AttributionGraph]) -> None:
    """Shares of the influence of the paths over features; two random draws: of any units, and by their flow."""
    rows = [row for name, graph in graphs.items() for row in _rows(name, graph)]
    columns = [
        "graph",
        "units",
        "chosen",
        "no choice above",
        "most flow",
        f"best of {RANDOM:,}",
        "by flow",
        "time",
    ]
    show("Circuits: share of what all features explain", columns, rows)


def _rows(name: str, graph: AttributionGraph) -> Iterator[list[str]]:
    kinds: tuple[GroupBy | None, ...] = (
        (None, "auto", "label") if name.endswith("-grouped") else (None, "auto")
    )
    for by in kinds:
        question = CircuitQuestion(group_by=by or "none")
        space = question.space(graph)
        unit, _ = circuit_units(graph, space, question)
        chooser = Chooser(space, unit, Limits())
        through = passing(space, unit >= 0).through
        flow = np.bincount(unit[unit >= 0], weights=through[unit >= 0]).astype(np.float64)
        for n in SIZES:
            if n >= len(chooser.candidates):
                continue
            taken = seconds(partial(chooser.best, n))
            choice, whole = chooser.best(n), chooser.matching
            most = explained(space, unit, np.argsort(-flow, kind="stable")[:n])
            random = [best_random(space, unit, chooser.candidates, n, weight) for weight in (None, flow)]
            yield [
                name.removeprefix("gemma-2-2b-"),
                f"{n} of {len(chooser.candidates)} " + (f"by {by}" if by else "nodes"),
                f"{choice.explained / whole:.3f}{' (exact)' if choice.is_best else ''}",
                *(f"{value / whole:.3f}" for value in (choice.at_most, most, *random)),
                f"{1000 * taken:.0f} ms",
            ]


def explained(space: PathSpace, unit: Ints, units: Ints) -> float:
    return passing(space, np.isin(unit, units)).explained


def best_random(space: PathSpace, unit: Ints, candidates: Ints, n: int, weight: Floats | None) -> float:
    """The most that one of the random choices explains."""
    draw = np.random.default_rng(0)
    chance = None if weight is None else weight[candidates] / weight[candidates].sum()
    return max(
        explained(space, unit, draw.choice(candidates, n, replace=False, p=chance)) for _ in range(RANDOM)
    )
