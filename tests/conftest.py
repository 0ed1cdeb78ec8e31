"""The Neo4j server of a test run: one, started when first asked for, with a folder of its own."""

import os
from collections.abc import Iterator

import pytest

from tests.neo4j_server import CannotStart, Neo4jServer, running


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """Shared by all tests, which empty it themselves. Where CI is set, a server that cannot start is a failure."""
    try:
        with running(tmp_path_factory.mktemp("neo4j")) as server:
            yield server
    except CannotStart as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
