"""The program on Neo4j, from outside: prompts become graphs, through outages of the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.patience import PATIENCE, TRACING, soon
from tests.support.processes import run_apart, serving, url, write_graph
from tests.support.tiny_model import PROMPT, write_models_file, write_tiny_model
from tools.neo4j_server import Neo4jServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def own_server(tmp_path: Path, neo4j_server: Neo4jServer) -> Iterator[Neo4jServer]:
    """A server for this test alone, stopped. It asks for the shared one so as to skip where no server can start."""
    assert neo4j_server.port
    server = Neo4jServer(tmp_path / "neo4j")
    try:
        server.start()  # which sets its password
        server.stop()
        yield server
    finally:
        server.kill()


def test_a_prompt_becomes_a_graph_through_outages_of_the_database(
    tmp_path: Path, own_server: Neo4jServer
) -> None:
    data = tmp_path / "data"
    for folder in (data, tmp_path / "tiny"):
        folder.mkdir()
    write_tiny_model(tmp_path / "tiny")
    write_models_file(data, tmp_path / "tiny")
    with serving(data, "--no-examples", "--database", own_server.url) as server:
        at = url(data)

        # Down from the start: the server serves, says what is wrong and what to do, and takes prompts.
        down = requests.get(f"{at}/api/graphs")
        assert (down.status_code, down.json()["error"]) == (503, "DatabaseUnavailable")
        assert int(down.headers["Retry-After"]) > 0
        assert own_server.password not in down.text
        said = run_apart("graphs", data=data)
        assert said.status == 1 and f"127.0.0.1:{own_server.port}" in said.err
        job = requests.post(f"{at}/api/jobs", json={"prompt": PROMPT}).json()

        def now() -> Any:
            return requests.get(f"{at}/api/jobs/{job['id']}").json()

        assert soon(lambda: now()["phase"] == "load", TRACING)
        assert (now()["state"], now()["problem"]) == ("running", None)

        # It comes up: the job that waited is stored.
        own_server.start()
        assert soon(lambda: now()["state"] != "running", TRACING)
        assert now()["state"] == "done", now()
        graph = requests.get(f"{at}/api/graphs/{now()['graph_id']}").json()
        in_list = {
            name: value
            for name, value in graph.items()
            if name not in ("metadata", "default_group_by", "collections", "logits")
        }
        assert requests.get(f"{at}/api/graphs").json()["graphs"] == [in_list]
        paths = requests.get(f"{at}/api/graphs/{graph['id']}/paths").json()["paths"]
        assert paths

        # It is killed and started again.
        own_server.kill()
        assert requests.get(f"{at}/api/graphs").status_code == 503
        own_server.start()
        assert soon(lambda: requests.get(f"{at}/api/graphs").status_code == 200, TRACING)
        assert requests.get(f"{at}/api/graphs").json()["graphs"] == [in_list]
        assert requests.get(f"{at}/api/graphs/{graph['id']}/paths").json()["paths"] == paths

        # Commands find the server that runs, whether or not they name its database.
        file = write_graph(tmp_path / "graph.json")
        assert run_apart("import", file, data=data).status == 0
        listed = run_apart("graphs", "--database", own_server.url, data=data)
        assert listed.status == 0 and "Dallas" in listed.out
        assert run_apart("delete", "tiny", data=data).status == 0
        assert requests.get(f"{at}/api/graphs").json()["graphs"] == [in_list]
        server.terminate()
        out, err = server.communicate(timeout=PATIENCE)
        assert own_server.password not in out + err
        assert "Every request tries again" in out
