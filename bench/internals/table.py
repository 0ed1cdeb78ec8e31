"""The measurements as tables. `BENCH_LARGE="16 64 128"` says which prompts of the large model, by their tokens."""

import os
from functools import partial

import numpy as np

from bench.internals.dense import DenseFlow, dense_bytes, dense_flow
from bench.internals.large import large_model, large_prompt
from bench.internals.runs import Cost, Measured, cost, measure
from bench.internals.small import load_for_tracing, traced
from bench.internals.stored import show_stored
from bench.measure import console, show
from ingest.attribution.internals.flow import Flow, flow
from ingest.attribution.internals.prompt import PromptRun, prompt_run
from queries.internals.records import PARTS, InternalsParameters

SMALL_PROMPTS, LARGE_PROMPTS = (11, 64, 128), os.environ.get("BENCH_LARGE", "16 64")
MOST_ABLATED = 16
"""Tokens of a prompt of the large model whose heads are ablated too: 208 passes of it."""
INDUCTION = "induction, once a model"
MOST_DENSE = 3e9
"""Bytes of contributions that are still kept."""


def main() -> None:
    show_stored()
    _show_small()
    _show_large()


def _show_small() -> None:
    loaded = load_for_tracing()
    for n in SMALL_PROMPTS:
        graph = traced(loaded, n)
        with prompt_run(loaded, graph) as run:
            induction = cost(partial(getattr, run, "induction"))
            found = measure(run, {part: InternalsParameters(parts=[part]) for part in PARTS})
            if n == SMALL_PROMPTS[0]:
                found.parts[INDUCTION] = induction
            title = (
                f"Demo model, {run.recording.n} tokens, {len(graph.nodes)} nodes, {len(graph.edges):,} links"
            )
            _show(title, found, _dense(run))


def _show_large() -> None:
    loaded = large_model()
    prompts = [int(n) for n in LARGE_PROMPTS.split()]
    for n in prompts:
        with large_prompt(loaded, n) as run:
            induction = cost(partial(getattr, run, "induction"))
            parts: dict[str, InternalsParameters] = {
                part: InternalsParameters(parts=[part], verify=False) for part in PARTS
            }
            if n <= MOST_ABLATED:
                parts["heads, each ablated"] = InternalsParameters(parts=["heads"])
            found = measure(run, parts)
            if n == prompts[0]:
                found.parts[INDUCTION] = induction
            edges = len(run.graph.edges)
            title = f"Gemma-2-2B's shape, {n} tokens, {len(run.graph.nodes)} nodes, {edges:,} links"
            _show(title, found, _dense(run))


def _dense(run: PromptRun) -> dict[str, Cost | str]:
    """The flow of this prompt beside the dense one."""
    recording = run.recording
    needed = dense_bytes(recording)
    if needed > MOST_DENSE:
        return {"flow, dense": f"would keep {needed / 1e9:.1f} GB"}
    ours: list[Flow] = []
    theirs: list[DenseFlow] = []
    dense = cost(lambda: theirs.append(dense_flow(run.model, recording)))
    again = cost(lambda: ours.append(flow(run.model, recording, run.most_bytes)))
    for mine, other in ((ours[0].norm, theirs[0].norm), (ours[0].signed, theirs[0].signed)):
        np.testing.assert_allclose(mine[..., :-1], other, rtol=1e-3, atol=1e-4)
    ratio = f"{dense.seconds / again.seconds:.1f} times as long"
    if again.peak > 1e6:
        ratio += f", {dense.peak / again.peak:.1f} times the peak"
    return {"flow again": again, "flow, dense": dense, "dense / ours": ratio}


def _show(title: str, found: Measured, flows: dict[str, Cost | str]) -> None:
    rows = []
    for name, one in (found.parts | flows).items():
        if isinstance(one, str):
            rows.append([name, one, ""])
        else:
            rows.append([name, f"{one.seconds:.3g} s", f"{one.peak / 1e6:,.0f} MB"])
    rows.append(["file of all parts", "", f"{found.file / 1e6:.3g} MB"])
    show(title, ["part", "time", "peak above before"], rows)
    for part, why in found.missing.items():
        console.print(f"{part}: {why}")
