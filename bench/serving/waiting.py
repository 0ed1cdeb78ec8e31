"""How long /api/health takes while a hundred grouped questions wait, and the server's memory meanwhile."""

import json
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from threading import Thread
from typing import Any

import requests

from bench.measure import show
from tests.support.processes import serving, url

N_WAITING, SECONDS, PAUSE = 100, 25.0, 0.02
N_LAYERS, IN_LAYER, INPUTS = 12, 80, 12


def show_waiting() -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--no-examples") as server:
        at = url(Path(folder))
        graph = requests.post(f"{at}/api/graphs/import", data=json.dumps(layered_document())).json()["id"]
        ask(f"{at}/api/graphs/{graph}", 10_000)  # what is compiled at first use
        before = memory(server.pid)
        statuses: list[int] = []
        askers = [
            Thread(target=lambda k: statuses.append(ask(f"{at}/api/graphs/{graph}", k)), args=(9_000 + k,))
            for k in range(N_WAITING)
        ]
        for asker in askers:
            asker.start()
        times, most, until = [], before, time.monotonic() + SECONDS
        while time.monotonic() < until:
            began = time.perf_counter()
            assert requests.get(f"{at}/api/health", timeout=60).ok
            times.append(time.perf_counter() - began)
            most = max(most, memory(server.pid))
            time.sleep(PAUSE)
        for asker in askers:
            asker.join()
    times.sort()
    show(
        f"{N_WAITING} grouped questions wait (bar: p99 of /api/health under 0.5 s)",
        ["what", "value"],
        [
            [f"/api/health, p50 of {len(times)}", f"{times[len(times) // 2] * 1000:.0f} ms"],
            ["p99", f"{times[int(len(times) * 0.99)] * 1000:.0f} ms"],
            ["longest", f"{times[-1] * 1000:.0f} ms"],
            ["memory before; most", f"{before >> 20} MB; {most >> 20} MB"],
            [
                "statuses of the questions",
                ", ".join(f"{n} x {one}" for one, n in sorted(Counter(statuses).items())),
            ],
        ],
    )


def ask(graph: str, k: int) -> int:
    return requests.get(f"{graph}/paths?group_by=label&k={k}", timeout=120).status_code


def memory(pid: int) -> int:
    """Bytes that a process has in memory."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096


def layered_document() -> dict[str, Any]:
    """A graph file of about a thousand feature nodes, every label its own."""
    chance = random.Random(1)
    layers: list[list[str]] = [["E_1_1"]]
    nodes: list[dict[str, Any]] = [
        {"node_id": "E_1_1", "feature_type": "embedding", "layer": "E", "ctx_idx": 1, "feature": -1}
    ]
    links: list[dict[str, Any]] = []
    for layer in range(N_LAYERS):
        layers.append([f"{layer}_{index}_1" for index in range(IN_LAYER)])
        for index, node in enumerate(layers[-1]):
            pairing = (layer + index) * (layer + index + 1) // 2 + index
            kind = {"feature_type": "cross layer transcoder", "feature": pairing, "activation": 1.0}
            nodes.append(
                {"node_id": node, "layer": str(layer), "ctx_idx": 1, "clerp": f"label {node}", **kind}
            )
            inputs = chance.sample(layers[-2], min(INPUTS, len(layers[-2])))
            links += [{"source": one, "target": node, "weight": chance.uniform(-1, 1)} for one in inputs]
    logit = {
        "node_id": f"{N_LAYERS + 1}_7_1",
        "feature_type": "logit",
        "layer": str(N_LAYERS + 1),
        "ctx_idx": 1,
        "feature": 7,
    }
    nodes.append({**logit, "token_prob": 0.9, "is_target_logit": True, "clerp": 'Output "x" (p=0.9)'})
    links += [
        {"source": one, "target": logit["node_id"], "weight": chance.uniform(-1, 1)} for one in layers[-1]
    ]
    metadata = {"slug": "layers", "scan": "model", "prompt": "a", "prompt_tokens": ["<s>", "a"]}
    return {"metadata": metadata, "nodes": nodes, "links": links}
