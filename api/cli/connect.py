"""Connecting a command to a server: the data folder's own, or a private one in the command's process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.client.client import Client
from api.client.places import Places, find_server
from api.token import ApiToken

if TYPE_CHECKING:
    from ingest import Registry


@contextmanager
def connect(
    places: Places, *, run_jobs: bool = False, registry: "Registry | None" = None
) -> Iterator[Client]:
    """A client of the data folder's server, or of a private one that lives as long as the context.

    A private server runs queued jobs only with `run_jobs`, and knows the models of `registry` in place of the listed.
    """
    token = ApiToken.from_environment()
    address = find_server(places, token)
    if address is not None:
        with Client(address.url, token) as client:
            yield client
        return

    from api.server import private_server  # imports the engines, which takes a second

    with (
        private_server(places, token, run_jobs=run_jobs, registry=registry) as url,
        Client(url, token, private=True) as client,
    ):
        yield client
