"""A Postgres server for job databases."""

import os
from collections.abc import Iterator

import pytest

from tests.support.jobs.postgres import CannotStart, PostgresServer, postgres


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        with postgres() as server:
            yield server
    except CannotStart as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
