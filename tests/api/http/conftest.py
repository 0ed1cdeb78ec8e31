"""A client of the application over a real store and job queue, whose jobs nothing runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.client.places import Places
from api.http.app import create_app
from api.server import open_explorer
from tests.support.api import imported, write_pair
from tests.support.processes import write_graph


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        open_explorer(Places(tmp_path_factory.mktemp("data")), run_jobs=False) as explorer,
        TestClient(
            create_app(explorer), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client,
    ):
        yield client


@pytest.fixture
def tiny(client: TestClient, tmp_path: Path) -> str:
    return str(imported(client, write_graph(tmp_path / "tiny.json"))["id"])


@pytest.fixture
def pair(client: TestClient, tmp_path: Path) -> tuple[str, str]:
    """The ids of the two graphs of `write_pair`."""
    first, second = (str(imported(client, file)["id"]) for file in write_pair(tmp_path))
    return first, second
