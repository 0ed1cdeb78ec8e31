"""Requests to the server of a soak, which may be away: every answer is right or an error in the envelope."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import requests

from queries.errors import MAX_QUOTED
from tests.support.patience import PATIENCE
from tests.support.soak.ledger import Json, Ledger, Wrong
from tests.support.soak.programs import Presence

SETTLED = 45.0
"""Seconds after its databases are back by which a server does not answer any more that they are away."""
PAUSE = 0.2
"""Seconds before the next request to a server that is away."""
NO_ANSWER = "no answer"
AWAY = "DatabaseUnavailable"


class Api:
    """One thread's. `server`, `databases`: who answers, and what it needs for that."""

    def __init__(self, url: str, server: Presence, databases: Sequence[Presence], ledger: Ledger) -> None:
        self._url, self._server, self._databases, self._ledger = url, server, databases, ledger
        self._session = requests.Session()
        # The server ends idle connections after some seconds, which may be as the next request is sent on one.
        self._session.headers["Connection"] = "close"

    def close(self) -> None:
        self._session.close()

    def ask(self, method: str, path: str, what: str, body: Json | None = None) -> tuple[int, Json] | None:
        """Status and JSON of an answer; None where there is none since the server is away, or is killed meanwhile.
        `what`: as which it is counted."""
        begun = time.monotonic()
        try:
            with self._session.request(
                method, f"{self._url}{path}", json=body, timeout=2 * PATIENCE
            ) as response:
                return self._checked(response, what, begun)
        except requests.RequestException as error:
            self._unanswered(error, what, begun)
            return None

    def get(self, path: str, what: str) -> Json | None:
        """The JSON of an answer that is no error. An error that says that something is not there is a fault."""
        answer = self.ask("GET", path, what)
        if answer is None:
            return None
        status, found = answer
        if status in (404, 409, 422):
            self._ledger.fault(Wrong.LOST, f"{path}: {found}")
        return found if status == 200 else None

    def events(self, job_id: str, seconds: float) -> Iterator[Json]:
        """A job's events, for some seconds."""
        begun, what = time.monotonic(), "events of a job"
        try:
            with self._session.get(
                f"{self._url}/api/jobs/{job_id}/events", stream=True, timeout=2 * PATIENCE
            ) as response:
                if not response.ok:
                    self._checked(response, what, begun)
                    return
                for line in response.iter_lines(chunk_size=1):
                    if line.startswith(b"data: "):
                        yield json.loads(line.removeprefix(b"data: "))
                    if time.monotonic() - begun > seconds:
                        break
                self._ledger.count(what, "200")
        except requests.RequestException as error:
            self._unanswered(error, what, begun)

    def _checked(self, response: requests.Response, what: str, begun: float) -> tuple[int, Json]:
        found: Any = None
        with suppress(ValueError):
            found = response.json()
        if response.ok:
            self._ledger.count(what, str(response.status_code))
            if not isinstance(found, dict):
                self._fault(response, "is no object")
            return response.status_code, found
        if not isinstance(found, dict) or found.keys() != {"error", "detail"}:
            self._fault(response, "is an error without its envelope")
            return response.status_code, {"error": "", "detail": ""}
        self._ledger.count(what, f"{response.status_code} {found['error']}")
        if response.status_code == 500:
            self._fault(response, "is an internal error")
        settled = all(one.was_here_since(begun - SETTLED) for one in (self._server, *self._databases))
        if found["error"] == AWAY and settled:
            self._fault(response, "says that a database is away which is there")
        return response.status_code, found

    def _fault(self, response: requests.Response, why: str) -> None:
        path = response.url.removeprefix(self._url)
        said = f"{response.status_code} {response.text[:MAX_QUOTED]}"
        self._ledger.fault(Wrong.OTHER, f"the answer to {path} {why}: {said}")

    def _unanswered(self, error: requests.RequestException, what: str, begun: float) -> None:
        self._ledger.count(what, NO_ANSWER)
        if self._server.was_here_since(begun):
            self._ledger.fault(Wrong.OTHER, f"{what}: no answer of a server that runs: {error!r}")
        time.sleep(PAUSE)
