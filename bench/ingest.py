"""From a prompt to a stored graph, through a real server: by phase, with attribution's share.

Beside it, in the same run: circuit_tracer.attribute alone on the same prompts, which no ingestion can undercut.
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
from queries.graph.records import AttributionParameters

CITIES = ("Dallas", "Oakland", "Tampa", "Seattle", "Chicago", "Memphis", "Detroit", "Omaha")
PROMPTS = [f"Fact: The capital of the state containing {city} is" for city in CITIES]
PHASES = ("trace", "prune", "annotate", "load")
IDLE = 2.0
"""Seconds before each job, so that the queue's polling is met at rest."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, jobs = _through_the_server(Path(folder))
    alone = _attribution_alone()
    waits = [_elapsed(job, "created_at", "started_at") for job in (first, *jobs)]
    whole = [_elapsed(job, "created_at", "finished_at") for job in jobs]
    rows = [["POST to worker started (bar: 0.3 s)", spread(waits), ""]]
    for phase in PHASES:
        times = [job["timings"][phase] for job in jobs]
        rows.append([phase, spread(times), _share(times, whole)])
    rows.append(["whole job", spread(whole), "100 %"])
    rows.append(["attribution alone", spread(alone), _share(alone, whole)])
    title = f"Prompt to stored graph, {len(jobs)} prompts, demo model, model loaded"
    show(title, ["what", "median (least to most)", "share of the job"], rows)
    ratio = statistics.median(whole) / statistics.median(alone)
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


def _through_the_server(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
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
    """Submit one prompt and follow it to its end."""
    time.sleep(IDLE)
    job: dict[str, Any] = requests.post(f"{url}/api/jobs", json={"prompt": prompt}, timeout=60).json()
    with requests.get(f"{url}/api/jobs/{job['id']}/events", stream=True, timeout=600) as events:
        for line in events.iter_lines(decode_unicode=True):
            if line.startswith("data: "):
                job = json.loads(line.removeprefix("data: "))
    assert job["state"] == "done", job
    return job


def _attribution_alone() -> list[float]:
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


def _share(part: list[float], whole: list[float]) -> str:
    return f"{100 * statistics.median(part) / statistics.median(whole):.0f} %"
