import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import ingest
from ingest.attribution.tokenizer import tokenizer_of
from ingest.models import TranscoderEntry
from ingest.worker.child import NICENESS
from ingest.worker.handover import read_graph
from ingest.worker.process import Interrupted, Tracer
from ingest.worker.requests import PruneRequest, TraceRequest
from queries.errors import InvalidRequest, PromptTooLong, TraceFailed
from queries.graph.records import Phase, Thresholds, TraceParameters
from tests.support.patience import PROMPTLY, has_ended, soon
from tests.support.tiny_model import CONTEXT, PROMPT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tracer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracer]:
    tracer = Tracer(tmp_path_factory.mktemp("tracer") / "tracing.log")
    yield tracer
    tracer.close()


def request(data: Path, prompt: str = PROMPT, **parameters: object) -> TraceRequest:
    entry, transcoders = ingest.load_registry(data).find(None, None)
    asked = TraceParameters.model_validate(parameters)
    return TraceRequest(
        entry=entry,
        transcoders=transcoders,
        prompt=prompt,
        attribution=asked.attribution,
        thresholds=asked.thresholds,
        output=data / "work" / "graph.npz",
        trace=data / "work" / "whole.trace",
    )


def pid(tracer: Tracer) -> int:
    """The id of the tracing process, once it has started."""
    assert soon(lambda: tracer.pid is not None)
    assert tracer.pid is not None
    return tracer.pid


def ignore(*_: object) -> None:
    """A progress callback that does nothing."""


def test_a_killed_process_fails_one_request(tracer: Tracer, data: Path) -> None:
    Thread(target=lambda: os.kill(pid(tracer), signal.SIGKILL)).start()
    with pytest.raises(TraceFailed, match=r"SIGKILL.*max_feature_nodes"):
        tracer.run(request(data), ignore)
    assert tracer.pid is None  # the next test's request gets a new one


def test_traces_a_prompt_into_a_file(tracer: Tracer, data: Path) -> None:
    progress: list[tuple[Phase, int, int]] = []
    asked = request(data)
    timings = tracer.run(asked, lambda *step: progress.append(step))
    record = read_graph(asked.output).record
    assert (record.prompt, record.model, record.origin) == (PROMPT, "tiny", "trace")
    assert record.n_feature_nodes > 0
    assert record.n_edges > 0
    assert record.token_ids is not None
    assert record.token_ids == tokenizer_of(asked.entry).split(PROMPT)
    assert timings.keys() == {"model", "trace", "keep", "prune"}
    assert [phase for phase, *_ in progress] == sorted(phase for phase, *_ in progress)[::-1]
    assert progress[0] == (Phase.TRACE, 0, 0)
    assert progress[-1] == (Phase.PRUNE, 2, 2)
    *_, last = (step for step in progress if step[0] == Phase.TRACE)
    assert last[1] == last[2] == record.n_selected_features


def test_keeps_its_process_and_model(tracer: Tracer, data: Path) -> None:
    tracer.run(request(data), ignore)
    before = pid(tracer)
    timings = tracer.run(request(data, "Fact: Oakland is"), ignore)
    assert pid(tracer) == before
    assert timings["model"] < 0.1


def test_an_idle_model_s_memory_is_given_back(tracer: Tracer, data: Path) -> None:
    tracer.run(request(data), ignore)
    model = pid(tracer)
    tracer.rest(3600.0)
    assert pid(tracer) == model, "it has not been idle for that long"
    tracer.rest(0.0)
    assert tracer.pid is None
    assert soon(lambda: has_ended(model))
    tracer.run(request(data), ignore)
    assert pid(tracer) != model


def test_raises_the_process_s_own_error(tracer: Tracer, data: Path) -> None:
    tracer.run(request(data), ignore)
    before = pid(tracer)
    with pytest.raises(PromptTooLong) as raised:
        tracer.run(request(data, "Dallas " * 100), ignore)
    assert raised.value.n_tokens == 101  # the start token counts
    assert raised.value.context_length == CONTEXT
    assert raised.value.model == "tiny"
    with pytest.raises(InvalidRequest, match="no token 999"):
        tracer.run(request(data, attribution_targets=[999]), ignore)
    assert pid(tracer) == before


def test_a_kept_trace_is_pruned_again_as_the_prompt_would_be(tracer: Tracer, data: Path) -> None:
    """The same thresholds give the same graph either way, to the last bit, and pruning needs no model."""
    asked = request(data, node_threshold=0.6, edge_threshold=0.9)
    tracer.run(asked, ignore)
    traced = read_graph(asked.output)
    thresholds = Thresholds(node_threshold=0.6, edge_threshold=0.9)
    again = PruneRequest(trace=asked.trace, thresholds=thresholds, output=data / "work" / "again.npz")
    other = Tracer(data / "again.log")
    try:
        assert other.run(again, ignore).keys() == {"read", "prune"}
    finally:
        other.close()
    pruned = read_graph(again.output)
    varying = {"timings", "created_at"}
    assert pruned.record.model_dump(exclude=varying) == traced.record.model_dump(exclude=varying)
    for part in ("nodes", "edges"):
        one, same = getattr(pruned, part), getattr(traced, part)
        for column in one.__slots__:
            np.testing.assert_array_equal(getattr(one, column), getattr(same, column), err_msg=column)


def test_what_nobody_foresaw_ends_the_process_too(tracer: Tracer, data: Path) -> None:
    """Encoders of another width than the decoders' biases, which is what sets are checked by."""
    found = request(data)
    broken = TranscoderEntry(name="broken", source=str(data / "broken"))
    shutil.copytree(found.transcoders.source, broken.source)
    layer = Path(broken.source) / "layer_0.safetensors"
    weights = load_file(layer)
    save_file(weights | {"W_enc": weights["W_enc"][:, 1:].copy()}, layer)
    with pytest.raises(TraceFailed, match="RuntimeError"):
        tracer.run(found.model_copy(update={"transcoders": broken}), ignore)
    assert tracer.pid is None


def test_the_process_gives_way_to_the_server(tracer: Tracer, data: Path) -> None:
    tracer.run(request(data), ignore)
    child, group = pid(tracer), Path(f"/proc/{pid(tracer)}/autogroup")
    assert os.getpriority(os.PRIO_PROCESS, child) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
    if group.exists():
        assert group.read_text().endswith(f" nice {NICENESS}\n"), "between sessions only that counts"


def test_a_closed_tracer_interrupts_at_once(data: Path) -> None:
    tracer = Tracer(data / "tracing.log")
    closed_at = 0.0

    def close(*_: object) -> None:
        nonlocal closed_at
        closed_at = time.monotonic()
        tracer.close()

    with pytest.raises(Interrupted):
        tracer.run(request(data), close)
    assert time.monotonic() - closed_at < PROMPTLY
    with pytest.raises(Interrupted):
        tracer.run(request(data), ignore)


def test_the_process_dies_with_its_parent(data: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from threading import Thread
sys.path[:0] = {sys.path!r}
from ingest.worker.process import Tracer
from ingest.worker.requests import TraceRequest
tracer = Tracer(Path({str(data / "tracing.log")!r}))
asked = TraceRequest.model_validate_json(sys.stdin.readline())
tracer.run(asked, lambda *_: print(tracer.pid, flush=True))
"""
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(request(data).model_dump_json() + "\n")
        parent.stdin.flush()
        child = int(parent.stdout.readline())
        assert not has_ended(child)
        parent.kill()
    assert soon(lambda: has_ended(child))
