"""Automatic groups beside their rivals, on the graphs beside the repository, and on the demo model's."""

import statistics
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
from circuit_tracer import attribute

from bench.groups.circuits import compare
from bench.groups.rivals import METHODS, Method, chosen, nothing, shared
from bench.measure import console, seconds, show, spread
from demo.measures.paths import held_out_city_prompts, load_for_tracing
from ingest.annotation.file import annotate
from ingest.attribution.attribution import from_circuit_tracer
from ingest.graph_file.read import read_graph_file
from ingest.pruning.assemble import assemble
from ingest.pruning.prune import prune
from queries.graph.arrays import Ints
from queries.graph.attribution_graph import AttributionGraph
from queries.graph.records import TraceParameters
from queries.groups.automatic import Grown
from queries.paths.space import PathQuery, PathSpace
from queries.words import MAX_GROUPS, MIN_GROUPS
from tests.support.groups.brute_force import reordered
from tests.support.groups.measures import (
    Measured,
    adjusted_mutual_information,
    pair_f1,
    same_nodes,
)
from tests.support.synthetic_graphs import SIZES, SMALL, synthetic_graph

REAL = Path(__file__).parents[3] / "shared" / "graphs"
N_GROUPS = 12
LOSSES, ROUNDS = 8, 5
NEAR_EQUAL = 0.5
"""Of the smaller graph's feature nodes, which graphs of near-equal prompts share."""
CUTS = (6, 8, 10, 12, 16, 20, 30)
DEMO_THRESHOLDS = (0.99, 0.95, 0.8)


def main() -> None:
    files = sorted(REAL.glob("*.json"))
    graphs = {file.stem: Measured(read_graph_file(file.read_bytes())) for file in files}
    labelled = [one for name, one in graphs.items() if name.endswith("-grouped")]
    plain = {name: one for name, one in graphs.items() if not name.endswith("-grouped")}
    if graphs:
        _rivals(list(plain.values()), labelled)
        _cuts(list(plain.values()), labelled)
        _bars(plain, labelled)
        compare({name: one.graph for name, one in graphs.items()})
    else:
        console.print(f"The reference graphs are not there: {REAL}")
    _demo()
    _times()


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def _agreement(method: Method, labelled: Sequence[Measured], n_groups: int = N_GROUPS) -> tuple[float, float]:
    """AMI and F1 with people's groups."""
    every = [one.agreement(method(one.graph, n_groups)) for one in labelled]
    return _mean(ami for ami, _ in every), _mean(f1 for _, f1 in every)


# -- the methods, side by side


def _rivals(plain: Sequence[Measured], labelled: Sequence[Measured]) -> None:
    """The table of all methods; agreement is with people's groups on the labelled graphs."""
    rows = []
    for name, method in METHODS.items():
        stable = f"{_mean(_of_other_prompts(plain, method)):.2f} / {_mean(_after_losses(plain, method)):.2f}"
        rows.append((*_row(name, method, plain, labelled), "-" if method is nothing else stable))
    rows.insert(
        1, (*_row("people's groups (labelled graphs; rest single)", _peoples, labelled, labelled), "-")
    )
    rows.append((*_row("the chosen groups' sizes, nodes shuffled", _shuffled, plain, labelled), "-"))
    columns = (
        "method",
        "cov10",
        "TV in / out",
        "AMI",
        "F1",
        "biggest",
        "groups",
        "other prompt / fifth less",
    )
    show(f"Ways to group feature nodes, {N_GROUPS} groups unless said", columns, rows)


def _row(
    name: str, method: Method, graphs: Sequence[Measured], labelled: Sequence[Measured]
) -> tuple[str, ...]:
    pairs = [(one, method(one.graph, N_GROUPS)) for one in graphs]
    variation = [one.variation(grouping) for one, grouping in pairs]
    ami, f1 = _agreement(method, labelled)
    return (
        name,
        f"{_mean(one.covered(grouping) for one, grouping in pairs):.3f}",
        f"{_mean(inside for inside, _ in variation):.2f} / {_mean(outside for _, outside in variation):.2f}",
        f"{ami:.2f}",
        f"{f1:.2f}",
        f"{_mean(one.biggest(grouping)[1] for one, grouping in pairs):.2f}",
        f"{_mean(len(np.unique(grouping[one.is_feature])) for one, grouping in pairs):.0f}",
    )


def _peoples(graph: AttributionGraph, _: int) -> Ints:
    number = np.arange(len(graph.nodes))
    for node, group in Measured(graph).truth.items():
        number[node] = len(number) + group
    return number


def _shuffled(graph: AttributionGraph, _: int) -> Ints:
    return Measured(graph).shuffled(chosen(graph, 0), seed=0)


def _after_losses(graphs: Iterable[Measured], method: Method) -> list[float]:
    """AMI of each graph's groups with those of the graph without a fifth of its features, for several fifths."""
    agreed = []
    for whole in graphs:
        grouping = method(whole.graph, N_GROUPS)
        for seed in range(LOSSES):
            less, kept = whole.without_some(seed)
            found = method(less.graph, N_GROUPS)
            there = less.is_feature
            agreed.append(adjusted_mutual_information(grouping[kept[there]], found[there]))
    return agreed


def _of_other_prompts(graphs: Sequence[Measured], method: Method) -> list[float]:
    """AMI of the groups of graphs of near-equal prompts, on the nodes that both have."""
    agreed = []
    for one, other in combinations(graphs, 2):
        mine, theirs = same_nodes(one, other)
        if len(mine) >= NEAR_EQUAL * min(one.is_feature.sum(), other.is_feature.sum()):
            groupings = method(one.graph, N_GROUPS)[mine], method(other.graph, N_GROUPS)[theirs]
            agreed.append(adjusted_mutual_information(*groupings))
    return agreed


def _cuts(plain: Sequence[Measured], labelled: Sequence[Measured]) -> None:
    rows = []
    for n_groups in CUTS:
        cut = partial(_cut, n_groups=n_groups)
        ami, f1 = _agreement(cut, labelled)
        pairs = [(one, cut(one.graph, 0)) for one in plain]
        rows.append(
            (
                str(n_groups),
                f"{_mean(one.covered(grouping) for one, grouping in pairs):.3f}",
                f"{_mean(one.variation(grouping)[0] for one, grouping in pairs):.2f}",
                f"{ami:.2f}",
                f"{f1:.2f}",
                f"{_mean(_grown(one.graph).groups(one.graph, n_groups).information_lost for one in plain):.2f}",
            )
        )
    show("Numbers of automatic groups", ("groups", "cov10", "TV in", "AMI", "F1", "information lost"), rows)


def _grown(graph: AttributionGraph) -> Grown:
    weight = PathSpace(graph, PathQuery()).target_weight
    return Grown(graph, weight, np.ones(len(graph.nodes), dtype=np.bool_))


def _cut(graph: AttributionGraph, _: int, n_groups: int) -> Ints:
    return _grown(graph).groups(graph, n_groups).number


# -- what they must reach


def _bars(plain: dict[str, Measured], labelled: Sequence[Measured]) -> None:
    rows = []
    for name, one in plain.items():
        grouping = chosen(one.graph, 0)
        covered, (flow, nodes) = one.covered(grouping), one.biggest(grouping)
        other, old = reordered(one.graph, seed=1)
        same = (chosen(other, 0) == grouping[old]).all()
        rows.append(
            (
                name.removeprefix("gemma-2-2b-"),
                f"{len(np.unique(grouping[one.is_feature]))}",
                f"{covered:.3f}",
                f"{covered / one.covered(nothing(one.graph, 0)):.2f}",
                f"{covered / one.covered_shuffled(grouping):.2f}",
                f"{one.variation(grouping)[0]:.2f}",
                f"{flow:.2f} / {nodes:.2f}",
                "yes" if same else "NO",
            )
        )
    columns = [[float(row[at]) for row in rows] for at in (2, 3, 4, 5)]
    covered_, ratios, over_shuffled, inside = [*map(_mean, columns)]
    rows.append(
        ("mean", "", f"{covered_:.3f}", f"{ratios:.2f}", f"{over_shuffled:.2f}", f"{inside:.2f}", "", "")
    )
    rows.append(("bar: each", "", "0.29", "2.7", "1.2", "", "0.35 / 0.33", "yes"))
    rows.append(("bar: mean", "", "0.35", "", "1.35", "0.40", "", ""))
    show(
        "Automatic groups of each graph",
        (
            "graph",
            "groups",
            "cov10",
            "/ ungrouped",
            "/ shuffled",
            "TV in",
            "biggest: flow / nodes",
            "any order",
        ),
        rows,
    )
    ami, f1 = _agreement(chosen, labelled)
    by_feature = _agreement(shared("feature"), labelled)[0]
    graphs = list(plain.values())
    show(
        "Agreement and stability",
        ("what", "reached", "bar"),
        [
            ("AMI with people's groups", f"{ami:.2f}", "0.60"),
            ("the same of groups by feature", f"{by_feature:.2f}", ""),
            ("F1 with people's groups", f"{f1:.2f}", "0.55"),
            (
                "AMI with near-equal prompts' groups",
                f"{_mean(_of_other_prompts(graphs, chosen)):.2f}",
                "0.75",
            ),
            ("AMI without a fifth of the features", f"{_mean(_after_losses(graphs, chosen)):.2f}", "0.75"),
        ],
    )


# -- the demo model, whose labels are true


def _demo() -> None:
    """Graphs of held-out prompts at three node thresholds: agreement with the features' labels."""
    loaded, parameters = load_for_tracing(), TraceParameters()
    found: dict[float, list[tuple[int, float, float]]] = {threshold: [] for threshold in DEMO_THRESHOLDS}
    for prompt in held_out_city_prompts():
        raw = attribute(prompt.text, loaded.replacement_model, verbose=False)
        trace = from_circuit_tracer(raw, loaded, prompt.text, parameters.attribution)
        for threshold in DEMO_THRESHOLDS:
            pruning = prune(trace, threshold, parameters.edge_threshold)
            thresholds = parameters.thresholds.model_copy(update={"node_threshold": threshold})
            graph = annotate(assemble(trace, pruning, thresholds, timings={}), loaded.transcoders)
            one = Measured(graph)
            nodes = [node for node in np.flatnonzero(one.is_feature).tolist() if graph.labels[node]]
            if len(nodes) > 1:
                truth = np.unique([graph.labels[node] for node in nodes], return_inverse=True)[1]
                mine = chosen(graph, 0)[nodes]
                found[threshold].append(
                    (
                        int(one.is_feature.sum()),
                        adjusted_mutual_information(mine, truth),
                        pair_f1(mine, truth),
                    )
                )
    rows = [
        (
            f"{threshold}",
            f"{len(each)}",
            f"{statistics.median(n for n, _, _ in each):.0f}",
            f"{_mean(ami for _, ami, _ in each):.2f}",
            f"{_mean(f1 for _, _, f1 in each):.2f}",
            "0.65" if threshold == DEMO_THRESHOLDS[0] else "",
        )
        for threshold, each in found.items()
    ]
    show(
        "Demo graphs, beside true labels",
        ("node threshold", "graphs", "feature nodes", "AMI", "F1", "bar of AMI"),
        rows,
    )


# -- time


def _times() -> None:
    rows = []
    for size in (SMALL, *SIZES):
        graph = synthetic_graph(size, seed=1)
        grown = _grown(graph)
        grow = [seconds(partial(_grown, graph)) for _ in range(ROUNDS)]
        steps = [
            seconds(partial(grown.groups, graph, n_groups)) for n_groups in range(MIN_GROUPS, MAX_GROUPS + 1)
        ]
        rows.append((str(size), spread(grow), spread(steps)))
    show(
        "Time (bars: 1 s at 350 nodes, 5 s at 5,000; a step 30 ms)",
        ("graph", "the tree", "a cut, with names"),
        rows,
    )
