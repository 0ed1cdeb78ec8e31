"""How long the paths of a graph take while the server's own worker traces a long prompt, beside what they take while it
is idle; and how long the trace takes while they are asked for, beside what it takes alone."""

import statistics
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

import requests

from bench.measure import show, spread
from queries.exports.formats import FORMATS
from tests.support.processes import serving, url
from tests.support.synthetic_graphs import SMALL, synthetic_graph

CITIES = ("Dallas", "Oakland", "Tampa", "Seattle", "Chicago", "Memphis", "Detroit", "Omaha")
N_FACTS = 9
"""Sentences of a prompt: about a hundred tokens."""
ROUNDS = 5
"""Of an idle stretch, a trace alone, and a trace beside questions."""
IDLE, PAUSE = 10.0, 0.02
"""Seconds of an idle stretch; and between two questions."""
BAR = 3.0
QUESTIONS = ("k=10", "k=10&group_by=feature", "k=10&group_by=auto", "k=30&sign=negative")


def show_tracing() -> None:
    idle: list[float] = []
    busy: list[float] = []
    alone: list[float] = []
    beside: list[float] = []
    prompts = (prompt(number) for number in count())
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--no-examples"):
        at = url(Path(folder))
        content = b"".join(FORMATS["graph-json"].write(synthetic_graph(SMALL, 1)))
        graph = requests.post(f"{at}/api/graphs/import", data=content, timeout=120).json()["id"]
        paths = [f"{at}/api/graphs/{graph}/paths?{question}" for question in QUESTIONS]
        traced(at, next(prompts))  # the model is loaded, and what is compiled at first use
        for path in paths:
            asked(path)
        for _ in range(ROUNDS):  # interleaved, so that a machine that slows down slows all
            until = time.monotonic() + IDLE
            while time.monotonic() < until:
                idle += map(asked, paths)
            alone.append(traced(at, next(prompts)))
            job = queued(at, next(prompts))
            while (found := looked_up(at, job))["phase"] in (None, "trace"):
                if found["phase"] == "trace" and found["total"]:
                    busy += map(asked, paths)
            beside.append(ended(at, job))
    rows = [
        [
            f"/paths, {what}, p50; p99; longest of {len(times)}",
            "; ".join(f"{one * 1000:.0f} ms" for one in percentiles(times)),
        ]
        for what, times in (("idle", idle), ("beside a trace", busy))
    ]
    ratio = percentiles(busy)[1] / percentiles(idle)[1]
    slower = statistics.median(beside) / statistics.median(alone)
    rows += [
        [f"p99 beside a trace / idle (bar: {BAR:g})", f"{ratio:.2f}"],
        ["the trace alone", spread(alone)],
        ["the trace beside the questions", spread(beside)],
        ["ratio", f"{slower:.2f}"],
    ]
    show("Paths while the server's worker traces", ["what", "time"], rows)


def prompt(number: int) -> str:
    """Another one for each number."""
    cities = [CITIES[(number + place * (1 + number % 7)) % len(CITIES)] for place in range(N_FACTS)]
    return ". ".join(f"Fact {number}: The capital of the state containing {city} is" for city in cities)


def asked(path: str) -> float:
    """Seconds until the answer."""
    time.sleep(PAUSE)
    began = time.perf_counter()
    answer = requests.get(path, timeout=120)
    elapsed = time.perf_counter() - began
    assert answer.ok, answer.text
    return elapsed


def queued(at: str, text: str) -> str:
    answer = requests.post(f"{at}/api/jobs", json={"prompt": text}, timeout=60)
    assert answer.ok, answer.text
    return str(answer.json()["id"])


def looked_up(at: str, job: str) -> Any:
    return requests.get(f"{at}/api/jobs/{job}", timeout=60).json()


def ended(at: str, job: str) -> float:
    """Seconds of the trace, once the job is done."""
    while (found := looked_up(at, job))["state"] not in ("done", "failed"):
        time.sleep(PAUSE)
    assert found["state"] == "done", found
    return float(found["timings"]["trace"])


def traced(at: str, text: str) -> float:
    return ended(at, queued(at, text))


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """The median, the 99th percentile and the most."""
    ordered = sorted(times)
    return ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]
