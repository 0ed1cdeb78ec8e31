"""The API's client for the command line.

Answers stay plain JSON: reading them into models would double a command's start-up.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Self, TypeAlias

import requests

from api.client.places import CONNECT_TIMEOUT, ServerLost
from api.token import ApiToken
from queries.errors import CircuitExplorerError
from queries.words import MAX_LISTED

Json: TypeAlias = dict[str, Any]

ENDED = ("done", "failed", "cancelled")
"""The last states of a job."""


class Refused(CircuitExplorerError):
    """An error that the API answered: the name and the sentence of its envelope."""

    def __init__(self, error: str, detail: str) -> None:
        self.error, self.detail = error, detail
        super().__init__(detail)


class Client:
    """Asks one server. `private`: the server is this command's own and ends with it.

    Every method raises `Refused` for the API's errors and `ServerLost` where nothing answers.
    """

    def __init__(self, url: str, token: ApiToken | None, *, private: bool = False) -> None:
        self.url, self.private = url, private
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy has no business between a command and its own server
        self._session.headers["Accept-Encoding"] = "identity"  # on one machine, compressing only takes time
        if token is not None:
            self._session.headers.update(token.header)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(self, path: str, **query: str | float | list[str] | None) -> requests.Response:
        return self._ask("GET", path, params=query)

    @contextmanager
    def stream(self, path: str, **query: Any) -> Iterator[requests.Response]:
        """An answer that is read while it comes. Raises `ServerLost` where it ends too early."""
        with self._ask("GET", path, params=query, stream=True) as response:
            try:
                yield response
            except requests.RequestException:
                raise ServerLost(self.url) from None

    def graphs(self, **listed: Any) -> list[Json]:
        """The records of all graphs, newest first; `listed`: the request's order and filter."""
        records: list[Json] = []
        after = None
        while True:
            page = self.get("/api/graphs", limit=MAX_LISTED, after=after, **listed).json()
            records += page["graphs"]
            after = page["next"]
            if after is None:
                return records

    def delete(self, path: str, **query: str | None) -> requests.Response:
        return self._ask("DELETE", path, params=query)

    def put(self, path: str, body: Json, **query: str | None) -> requests.Response:
        return self._ask("PUT", path, json=body, params=query)

    def patch(self, path: str, body: Json) -> requests.Response:
        return self._ask("PATCH", path, json=body)

    def post(self, path: str, body: Json, *, accept: str = "application/json") -> requests.Response:
        return self._ask("POST", path, json=body, headers={"Accept": accept})

    def submit(self, job: Json) -> requests.Response:
        return self._ask("POST", "/api/jobs", json=job)

    def submit_all(self, jobs: list[Json]) -> requests.Response:
        return self._ask("POST", "/api/jobs/batch", json={"jobs": jobs})

    def import_graph(
        self, file: BinaryIO | Iterator[bytes], name: str, options: dict[str, str | float | bool | None]
    ) -> requests.Response:
        """Send a graph file while it is read; `options` are the request's others."""
        headers = {"Content-Type": "application/json"}
        return self._ask(
            "POST", "/api/graphs/import", params={"name": name, **options}, data=file, headers=headers
        )

    def import_source(self, source: str, options: dict[str, str | float | bool | None]) -> requests.Response:
        """Have the server fetch a graph file."""
        return self._ask("POST", "/api/graphs/import", params={"source": source, **options})

    def job_events(self, job_id: str) -> Iterator[Json]:
        """The job as it is now and after each change, until it ends. Raises `ServerLost` if the server ends first."""
        with self._ask("GET", f"/api/jobs/{job_id}/events", stream=True) as response:
            try:
                for line in response.iter_lines(chunk_size=None):
                    if line.startswith(b"data:"):
                        job = json.loads(line.removeprefix(b"data:"))
                        yield job
                        if job["state"] in ENDED:
                            return
            except requests.RequestException:
                pass
        raise ServerLost(self.url)

    def _ask(self, method: str, path: str, **options: Any) -> requests.Response:
        try:
            response = self._session.request(
                method, self.url + path, timeout=(CONNECT_TIMEOUT, None), **options
            )
        except requests.RequestException:
            raise ServerLost(self.url) from None
        if not response.ok:
            raise _refusal(response)
        return response


def _refusal(response: requests.Response) -> Refused:
    try:
        envelope = response.json()
        return Refused(str(envelope["error"]), str(envelope["detail"]))
    except (ValueError, TypeError, KeyError):
        return Refused("HTTPError", f"The server answered {response.status_code} {response.reason}.")
