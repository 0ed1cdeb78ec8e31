"""Time from a prompt to a stored graph through a real server, by phase, and attribution's share of it; on the same
server, from a click to the figures of an intervention and of a verification; 100 interventions in the model; and the
annotation of 1,000 features by a stand-in for Neuronpedia on this machine.

The same run times circuit_tracer.attribute alone on the same prompts: no ingestion can be faster.
"""

import json
import statistics
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
from tests.support.processes import serving, url

CITIES = ("Dallas", "Oakland", "Tampa", "Seattle", "Chicago", "Memphis", "Detroit", "Omaha")
PROMPTS = [f"Fact: The capital of the state containing {city} is" for city in CITIES]
PHASES = ("trace", "keep", "prune", "annotate", "load")
IDLE = 2.0
"""Seconds before each job, so that it meets an idle queue."""


INTERVENTION, VERIFICATION = (
    "an intervention, click to figures (bar: 1 s)",
    "a verification, k = 10 (bar: 2 s)",
)
Tests = dict[str, list[dict[str, Any]]]
"""Jobs that put graphs to the test, by what they measure."""
N_INTERVENTIONS, ROUNDS = 100, 10

N_FEATURES = 1000
ANNOTATED_SET = "gemmascope-transcoder-16k"


def show_jobs() -> None:
    _show_annotation()
    with tempfile.TemporaryDirectory() as folder:
        first, jobs, tests = _run_on_server(Path(folder))
    attribution, passes = _run_attribution()
    _show_phases(first, jobs, attribution)
    _show_tests(tests, passes)
    total = [elapsed(job, "created_at", "finished_at") for job in jobs]
    ratio = statistics.median(total) / statistics.median(attribution)
    show(
        "Beside it",
        ["what", "figure"],
        [
            [
                "first job, loading torch and the model",
                f"{elapsed(first, 'created_at', 'finished_at'):.2f} s",
            ],
            ["of that, import and load", f"{first['timings']['model']:.2f} s"],
            ["whole job / attribution alone", f"{ratio:.2f}"],
        ],
    )


def _show_phases(first: dict[str, Any], jobs: list[dict[str, Any]], attribution: list[float]) -> None:
    """`attribution`: seconds of circuit_tracer.attribute on the jobs' prompts."""
    waits = [elapsed(job, "created_at", "started_at") for job in (first, *jobs)]
    total = [elapsed(job, "created_at", "finished_at") for job in jobs]
    times_of = {phase: [job["timings"][phase] for job in jobs] for phase in PHASES}
    named = [sum(job["timings"][phase] for phase in PHASES) for job in jobs]
    between = [whole - wait - part for whole, wait, part in zip(total, waits[1:], named, strict=True)]
    rest = [whole - wait - alone for whole, wait, alone in zip(total, waits[1:], attribution, strict=True)]
    rows = [["queue: POST to worker started (bar: 0.3 s)", spread(waits), ""]]
    rows += [[phase, spread(times), _share(times, total)] for phase, times in times_of.items()]
    rows += [
        ["between: processes, steps recorded", spread(between), _share(between, total)],
        ["whole job", spread(total), "100 %"],
        ["attribute() alone", spread(attribution), _share(attribution, total)],
        ["beyond the queue and attribute() (bar: 1 s)", spread(rest), _share(rest, total)],
    ]
    title = f"Prompt to stored graph, {len(jobs)} prompts, demo model, model loaded"
    show(title, ["what", "median (least to most)", "share of the job"], rows)


def _show_tests(tests: Tests, passes: dict[str, list[float]]) -> None:
    rows = [
        [what, spread([elapsed(job, "created_at", "finished_at") for job in jobs])]
        for what, jobs in tests.items()
    ]
    rows += [[what, spread(times)] for what, times in passes.items()]
    show("Graphs put to the test, demo model, model loaded", ["what", "median (least to most)"], rows)


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
                taken = seconds(partial(annotator.annotate, graph.record, features, 600.0))
                rows.append([kept or way, f"{taken:.2f} s", f"{len(site.asked):,}"])
    show(f"Annotating {N_FEATURES:,} features", ["way", "time", "requests"], rows)


def _run_on_server(data: Path) -> tuple[dict[str, Any], list[dict[str, Any]], Tests]:
    """The first job, those of the prompts, and those that put their graphs to the test."""
    with serving(data, "--no-examples"):
        site = url(data)
        first, *rest = traced(site, ["The capital of Texas is", *PROMPTS])
        verified = [
            followed(f"{site}/api/graphs/{job['graph_id']}/verify", {"group_by": "label"}) for job in rest
        ]
        return first, rest, {INTERVENTION: intervened(site, rest), VERIFICATION: verified}


def traced(site: str, prompts: list[str]) -> list[dict[str, Any]]:
    """The ended jobs of prompts."""
    return [followed(f"{site}/api/jobs", {"prompt": prompt}) for prompt in prompts]


def intervened(site: str, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The ended jobs that switch a feature off in each job's graph."""
    ended = []
    for job in jobs:
        graph = f"{site}/api/graphs/{job['graph_id']}"
        nodes = requests.get(f"{graph}/nodes", timeout=60).json()
        feature = nodes["id"][nodes["kind"].index("feature")]
        ended.append(followed(f"{graph}/interventions", {"changes": [{"nodes": [feature]}]}))
    return ended


def followed(address: str, question: dict[str, Any]) -> dict[str, Any]:
    """Queue a job and follow it to the end."""
    time.sleep(IDLE)
    job: dict[str, Any] = requests.post(address, json=question, timeout=60).json()
    jobs = f"{address.partition('/api/')[0]}/api/jobs"
    with requests.get(f"{jobs}/{job['id']}/events", stream=True, timeout=600) as events:
        for line in events.iter_lines(decode_unicode=True):
            if line.startswith("data: "):
                job = json.loads(line.removeprefix("data: "))
    assert job["state"] == "done", job
    return job


def _run_attribution() -> tuple[list[float], dict[str, list[float]]]:
    """Seconds of each prompt's attribution, and of interventions on the first prompt."""
    from circuit_tracer import attribute

    from ingest import load_registry
    from ingest.attribution.interventions.conditions import Conditions
    from ingest.attribution.interventions.engine import Reading, baseline, places_of, run
    from ingest.attribution.loading.load import load_model

    loaded = load_model(*load_registry(Path()).find("demo", None))
    parameters = AttributionParameters()

    def attributed(prompt: str) -> None:
        attribute(
            prompt,
            loaded.replacement_model,
            batch_size=parameters.batch_size,
            max_feature_nodes=parameters.max_feature_nodes,
        )

    attributed(PROMPTS[0])  # the first call compiles and allocates
    attribution = [seconds(partial(attributed, prompt)) for prompt in PROMPTS]
    model = loaded.replacement_model
    ids = model.ensure_tokenized(PROMPTS[0])
    base = baseline(model, ids)
    places = places_of(base.active()[0])
    off = [{places[at % len(places)]: 0.0} for at in range(N_INTERVENTIONS)]
    reading = Reading([[(int(base.logits.argmax()), 1.0)]])
    passes = {
        f"{N_INTERVENTIONS} features off, {what}": [
            seconds(partial(run, model, base, off, conditions, reading)) for _ in range(ROUNDS)
        ]
        for what, conditions in (
            ("as the graph assumes", Conditions.GRAPH),
            ("in the model", Conditions.MODEL),
        )
    }
    passes["circuit-tracer's own, one feature off"] = [
        seconds(partial(model.feature_intervention, ids, [(*place, 0.0)], return_activations=False))
        for place in places[:ROUNDS]
    ]
    return attribution, passes


def elapsed(job: dict[str, Any], start: str, end: str) -> float:
    """Seconds between two of a job's times."""
    return (datetime.fromisoformat(job[end]) - datetime.fromisoformat(job[start])).total_seconds()


def _share(part: list[float], total: list[float]) -> str:
    return f"{100 * statistics.median(part) / statistics.median(total):.0f} %"
