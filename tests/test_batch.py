"""The examples for batch systems in docs/batch run the worker that they say; neither system is here to run them."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.cli.main import cli
from tests.support.patience import PATIENCE, TRACING
from tests.support.processes import environment, run_apart

ROOT = Path(__file__).parent.parent
SLURM = ROOT / "docs" / "batch" / "slurm.sh"
KUBERNETES: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "batch" / "kubernetes.yaml").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.mark.slow
@pytest.mark.timeout(2 * TRACING)
@pytest.mark.skipif(not (ROOT / "demo" / "model").is_dir(), reason="the demo model is not here")
def test_the_slurm_script_works_on_jobs_and_leaves_when_its_time_is_over(tmp_path: Path) -> None:
    shared, node, programs = tmp_path / "shared", tmp_path / "node", tmp_path / "programs"
    for folder in (shared, node, programs):
        folder.mkdir()
    program = programs / "circuit-explorer"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m api.cli.main "$@"\n')
    program.chmod(0o700)
    queued = run_apart("ingest", "Fact: Texas", "--no-wait", "--max-feature-nodes", "20", data=shared)
    assert queued.status == 0, queued.err
    places = {
        "DATABASE": f"ladybug://{shared / 'graphs.lbug'}",
        "JOBS": f"sqlite:///{shared / 'jobs.sqlite'}",
        "SHARED": str(shared),
        "TMPDIR": str(node),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        ["bash", SLURM], env=environment() | places, stderr=subprocess.PIPE, text=True
    ) as script:
        try:
            assert script.stderr is not None
            assert any("The job is done." in line for line in script.stderr)
            assert list(node.iterdir()), "the worker's data folder is the node's"
            script.send_signal(signal.SIGTERM)
            script.communicate(timeout=PATIENCE)
        finally:
            script.kill()
    assert script.returncode == 0
    assert list(node.iterdir()) == []
    assert list((shared / "traces").iterdir())
    assert "Fact: Texas" in run_apart("graphs", data=shared).out


@pytest.mark.slow
def test_the_slurm_script_says_what_it_needs() -> None:
    done = subprocess.run(["bash", SLURM], capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.returncode != 0 and "DATABASE: the graphs" in done.stderr


def test_the_kubernetes_job_runs_the_worker_of_the_compose_file() -> None:
    pod = KUBERNETES["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    program, command, *options = container["command"]
    assert program == "circuit-explorer"
    parsed = cli.commands[command].make_context(command, list(options))
    assert parsed.params["drain"] and parsed.params["max_idle"] == 60
    worker = COMPOSE["services"]["worker"]
    assert container["image"] == worker["image"]
    assert {each["name"] for each in container["env"]} <= worker["environment"].keys()
    assert {"CIRCUIT_EXPLORER_DATABASE", "CIRCUIT_EXPLORER_JOBS"} <= {
        each["name"] for each in container["env"]
    }
    assert f"--uid {pod['securityContext']['runAsUser']} " in (ROOT / "Dockerfile").read_text()
    mounted = {each["name"] for each in container["volumeMounts"]}
    assert mounted == {each["name"] for each in pod["volumes"]}
