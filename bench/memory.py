"""The server's memory while many graphs are imported and many questions about their paths are asked, beside what it is
after ten of each."""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import requests

from bench.measure import show
from queries.exports.formats import FORMATS
from queries.graph.attribution_graph import AttributionGraph, NodeKind
from tests.support.processes import serving, url
from tests.support.synthetic_graphs import SMALL, synthetic_graph

MARKS = {10: 10, 100: 1_000, 300: 3_000, 1_000: 10_000}
"""Questions that were asked in all once so many graphs are stored."""
AT_ONCE = 4
"""Questions that are asked at the same time."""
BAR = 1.2
REST = 10
"""Seconds."""
KINDS = (
    "",
    "k=100",
    "group_by=auto",
    "group_by=feature&k=50",
    "group_by=label&sign=negative",
    "group_by=layer&avoid=errors",
    "group_by=auto&groups=8&target={logit}",
    "score=contribution&side=lowers",
    "target={logit}&rather_than={other}",
    "target={feature}&min_length=1&hide_bos=true",
    "through=layer:12&k=30",
    "group_by=position&through=layer:8&unlabelled=one",
)
"""The kinds of question, asked in turn."""


class Stored(NamedTuple):
    """A stored graph, and what its questions are about."""

    id: str
    logit: str
    other: str
    feature: str


class Memory(NamedTuple):
    """MB. `server`: what it has in memory; `children`: what its processes have, pages that they share divided."""

    server: float
    children: float


def main() -> None:
    chance, found = random.Random(1), dict[int, Memory]()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--no-examples") as server:
        at, stored, n_asked = url(Path(folder)), list[Stored](), 0
        with ThreadPoolExecutor(AT_ONCE) as askers:
            for n_graphs, n_questions in MARKS.items():
                begun, n_more = n_asked, n_graphs - len(stored)
                for loaded in range(1, n_more + 1):
                    stored.append(imported(at, len(stored)))
                    asked = begun + (n_questions - begun) * loaded // n_more
                    list(
                        askers.map(requested, islice(questions(at, stored, n_asked, chance), asked - n_asked))
                    )
                    n_asked = asked
                found[n_graphs] = at_rest(server.pid)
                print(
                    f"{n_graphs} graphs, {n_asked} questions: {found[n_graphs]}", file=sys.stderr, flush=True
                )
    first, last = found[min(MARKS)], found[max(MARKS)]
    show(
        f"The server's memory (bar: at the end {BAR} times that after {min(MARKS)} of each)",
        ["graphs imported", "path questions", "server", "its processes"],
        [
            [f"{n_graphs:,}", f"{MARKS[n_graphs]:,}", f"{one.server:.0f} MB", f"{one.children:.0f} MB"]
            for n_graphs, one in found.items()
        ]
        + [["", "last / first", f"{last.server / first.server:.2f}", ""]],
    )


def imported(at: str, seed: int) -> Stored:
    graph = synthetic_graph(SMALL, seed)
    content = b"".join(FORMATS["graph-json"].write(graph))
    answer = requests.post(f"{at}/api/graphs/import", data=content, timeout=120)
    answer.raise_for_status()
    return Stored(answer.json()["id"], *selectors(graph))


def selectors(graph: AttributionGraph) -> tuple[str, str, str]:
    """Selectors of two logits, and of the feature node with the most inputs."""
    nodes = graph.nodes
    keys = [key.removeprefix("/") for key in nodes.keys("")]
    first, second = nodes.of_kind(NodeKind.LOGIT)[:2].tolist()
    features = nodes.of_kind(NodeKind.FEATURE)
    n_inputs = [(graph.edges.target == node).sum() for node in features]
    return keys[second], keys[first], keys[features[n_inputs.index(max(n_inputs))]]


def questions(at: str, stored: list[Stored], begun: int, chance: random.Random) -> Iterator[str]:
    while True:
        one = chance.choice(stored)
        asked = KINDS[begun % len(KINDS)].format_map(one._asdict())
        yield f"{at}/api/graphs/{one.id}/paths?{asked}"
        begun += 1


def requested(address: str) -> None:
    answer = requests.get(address, timeout=120)
    assert answer.ok, (address, answer.text)


def at_rest(pid: int) -> Memory:
    """The least of a while: what was freed is given back soon after work."""
    found = list[Memory]()
    for _ in range(REST):
        time.sleep(1)
        found.append(memory(pid))
    return min(found)


def memory(pid: int) -> Memory:
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
    return Memory(field(Path(f"/proc/{pid}/smaps_rollup"), "Rss"), sum(pss(child) for child in children))


def pss(pid: int) -> float:
    return field(Path(f"/proc/{pid}/smaps_rollup"), "Pss")


def field(file: Path, name: str) -> float:
    """MB."""
    return next(
        int(line.split()[1]) / 1024 for line in file.read_text().splitlines() if line.startswith(f"{name}:")
    )


if __name__ == "__main__":
    main()
