"""Time from a prompt to a stored graph through a real server, by phase, and attribution's share of it; and the
annotation of 1,000 features by a stand-in for Neuronpedia on this machine.

The same run times circuit_tracer.attribute alone on the same prompts: no ingestion can be faster.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests

from bench.measure import seconds, show, spread
from ingest.annotation.annotator import Annotator
from ingest.annotation.file import features_of
from ingest.models import Registry
from queries.graph.records import AttributionParameters
from tests.support.graphs import make_graph
from tests.support.neuronpedia.site import Site, always, answer, entry, served

CITIES = ("Dallas", "Oakland", "Tampa", "Seattle", "Chicago", "Memphis", "Detroit", "Omaha")
PROMPTS = [f"Fact: The capital of the state containing {city} is" for city in CITIES]
PHASES = ("trace", "prune", "annotate", "load")
IDLE = 2.0
"""Seconds before each job, so that it meets an idle queue."""


N_FEATURES = 1000
ANNOTATED_SET = "gemmascope-transcoder-16k"


def main() -> None:
    _show_annotation()
    with tempfile.TemporaryDirectory() as folder:
        first, jobs = _run_on_server(Path(folder))
    attribution = _run_attribution()
    waits = [_elapsed(job, "created_at", "started_at") for job in (first, *jobs)]
    total = [_elapsed(job, "created_at", "finished_at") for job in jobs]
    rows = [["POST to worker started (bar: 0.3 s)", spread(waits), ""]]
    for phase in PHASES:
        times = [job["timings"][phase] for job in jobs]
        rows.append([phase, spread(times), _share(times, total)])
    rows.append(["whole job", spread(total), "100 %"])
    rows.append(["attribution alone", spread(attribution), _share(attribution, total)])
    title = f"Prompt to stored graph, {len(jobs)} prompts, demo model, model loaded"
    show(title, ["what", "median (least to most)", "share of the job"], rows)
    ratio = statistics.median(total) / statistics.median(attribution)
    show(
        "Beside it",
        ["what", "figure"],
        [
            [
                "first job, loading torch and the model",
                f"{_elapsed(first, 'created_at', 'finished_at'):.2f} s",
            ],
            ["of that, import and load", f"{first['timings']['model']:.2f} s"],
            ["whole job / attribution alone", f"{ratio:.2f}"],
        ],
    )


def _show_annotation() -> None:
    """1,000 features in one request, feature by feature, and from what was kept."""
    graph = make_graph("E" + "F" * N_FEATURES + "L", {}, model="gemma-2-2b", transcoder_set=ANNOTATED_SET)
    features = features_of(graph)
    example = {"tokens": [f" word{n}" for n in range(64)], "values": [n / 7 for n in range(64)]}
    rows = []
    with tempfile.TemporaryDirectory() as folder, served(Site()) as site:
        for layer, index, *_ in features:
            site.add(entry(f"{layer}-{ANNOTATED_SET}", index, activations=[example] * 10))
        for way, fault in (("in batches", None), ("one by one", always(answer(404)))):
            site.faults = {} if fault is None else {"batch": fault}
            for kept in ("", "again, from what was kept"):
                site.asked.clear()
                annotator = Annotator(Path(folder) / way, Registry(()), site.url)
                elapsed = seconds(partial(annotator.annotate, graph.record, features, 600.0))
                rows.append([kept or way, f"{elapsed:.2f} s", f"{len(site.asked):,}"])
    show(f"Annotating {N_FEATURES:,} features", ["way", "time", "requests"], rows)


def _run_on_server(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    command = [
        sys.executable,
        "-m",
        "api.cli.main",
        "serve",
        "--no-examples",
        "--port",
        "0",
        "--data",
        str(data),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        address = data / "server.json"
        while not address.exists():
            assert server.poll() is None, "the server does not start"
            time.sleep(0.05)
        url = json.loads(address.read_text())["url"]
        first, *rest = [_job(url, prompt) for prompt in ("The capital of Texas is", *PROMPTS)]
        return first, rest
    finally:
        server.terminate()
        server.wait()


def _job(url: str, prompt: str) -> dict[str, Any]:
    """Submit one prompt and follow its job to the end."""
    time.sleep(IDLE)
    job: dict[str, Any] = requests.post(f"{url}/api/jobs", json={"prompt": prompt}, timeout=60).json()
    with requests.get(f"{url}/api/jobs/{job['id']}/events", stream=True, timeout=600) as events:
        for line in events.iter_lines(decode_unicode=True):
            if line.startswith("data: "):
                job = json.loads(line.removeprefix("data: "))
    assert job["state"] == "done", job
    return job


def _run_attribution() -> list[float]:
    from circuit_tracer import attribute

    from ingest import load_registry
    from ingest.attribution.attribution import load_model

    loaded = load_model(*load_registry(Path()).find("demo", None))
    parameters = AttributionParameters()

    def run(prompt: str) -> None:
        attribute(
            prompt,
            loaded.replacement_model,
            batch_size=parameters.batch_size,
            max_feature_nodes=parameters.max_feature_nodes,
        )

    run(PROMPTS[0])  # the first call compiles and allocates
    return [seconds(partial(run, prompt)) for prompt in PROMPTS]


def _elapsed(job: dict[str, Any], start: str, end: str) -> float:
    return (datetime.fromisoformat(job[end]) - datetime.fromisoformat(job[start])).total_seconds()


def _share(part: list[float], total: list[float]) -> str:
    return f"{100 * statistics.median(part) / statistics.median(total):.0f} %"
