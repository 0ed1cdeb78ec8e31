"""Polite HTTP: one request at a time within the budget, if there is one, tried again where that may help.

Whatever goes wrong is one of four facts, so that whoever asks need not know of requests: NotThere, Refused by a fault
(Fault), nobody there at all (Away), or no time left (OutOfTime).
"""

import random
import re
from collections.abc import Callable, Container
from typing import Any, TypeVar
from urllib.parse import quote

import requests
import urllib3

from ingest.annotation.budget import Budget
from ingest.annotation.deadline import Deadline

T = TypeVar("T")

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
ATTEMPTS = 3
"""Of a request that ends in a fault which may pass."""
BACKOFF, MAX_BACKOFF = 1.0, 30.0
PIECE = 1 << 16
REMAINING = "x-limit-remaining"
WINDOW = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}


class NotThere(Exception):
    """404: what was asked for does not exist."""


class Fault(Exception):
    """The request had no usable answer; another may have one."""


class Away(Exception):
    """Nobody answers at the address, or not what is asked of it: no other request has an answer for now."""


class Web:
    """`budget`: None where the address has no limit that is known; then its first refusal is the end.
    `absent`: the statuses that say that something does not exist."""

    def __init__(
        self, address: str, budget: Budget | None, deadline: Deadline, *, absent: Container[int] = (404,)
    ) -> None:
        self.address, self._budget, self._deadline = address.rstrip("/"), budget, deadline
        self._absent = absent
        self._session = requests.Session()

    def close(self) -> None:
        self._session.close()

    def ask(self, method: str, path: str, *, json: Any = None, attempts: int = ATTEMPTS) -> requests.Response:
        """The answer to a request. A refusal for too many requests is waited out, and is no attempt.

        Raises NotThere, Fault, Away, OutOfTime.
        """
        return self._tried(lambda: self._once(method, path, json), attempts)

    def read(self, path: str, most: int, part: range | None = None) -> bytes:
        """What a file at an unquoted path holds, so many bytes at most, or that part of it. Raises like `ask`."""
        headers = {}
        if part is not None:
            headers["Range"], most = f"bytes={part.start}-{part.stop - 1}", len(part)
        answer, content = self._tried(lambda: self._content(path, most, headers), ATTEMPTS)
        if part is not None and answer.status_code != requests.codes.partial_content:
            raise Away(f"{path} comes whole, where a part of it was asked for")
        return content

    def read_changed(self, path: str, most: int, tag: str | None) -> tuple[bytes, str | None] | None:
        """What a file holds now, and the tag of that; None: what it held under the given tag. Raises like `ask`."""
        headers = {} if tag is None else {"If-None-Match": tag}
        answer, content = self._tried(lambda: self._content(path, most, headers), ATTEMPTS)
        if answer.status_code == requests.codes.not_modified:
            return None
        return content, answer.headers.get("ETag")

    def _tried(self, once: Callable[[], T], attempts: int) -> T:
        attempt = 1
        while True:
            try:
                return once()
            except _Refused:
                continue  # the budget says when
            except Fault:
                if attempt >= attempts:
                    raise
            self.pause(attempt)
            attempt += 1

    def pause(self, attempt: int) -> None:
        """Wait after the so-manieth fault in a row. Raises OutOfTime."""
        self._deadline.sleep(min(MAX_BACKOFF, BACKOFF * 2.0 ** (attempt - 1)) * (0.5 + random.random()))

    def _content(self, path: str, most: int, headers: dict[str, str]) -> tuple[requests.Response, bytes]:
        """An answer, and what it holds: nothing where a part was asked for and the whole comes."""
        headers = {"Accept-Encoding": "identity", **headers}
        content = bytearray()
        with self._once("GET", quote(path), None, headers=headers, stream=True) as answer:
            if "Range" in headers and answer.status_code != requests.codes.partial_content:
                return answer, b""
            try:
                for piece in answer.iter_content(PIECE):
                    self._deadline.check()
                    content += piece
                    if len(content) > most:
                        raise Fault(f"{path} has more than {most:,} bytes")
            except requests.RequestException as error:
                raise Fault(f"{path} broke off: {type(error).__name__}") from error
        return answer, bytes(content)

    def _once(self, method: str, path: str, json: Any, **options: Any) -> requests.Response:
        self._deadline.check()
        while wait := self._budget.take() if self._budget else 0.0:
            self._deadline.sleep(wait)
        timeout = (CONNECT_SECONDS, min(READ_SECONDS, max(1.0, self._deadline.left)))
        try:
            answer = self._session.request(method, self.address + path, json=json, timeout=timeout, **options)
        except requests.RequestException as error:
            if _nobody_there(error):
                raise Away(f"{self.address} cannot be reached") from error
            raise Fault(f"{path} broke off: {type(error).__name__}") from error
        if answer.status_code == requests.codes.too_many_requests:
            if self._budget is None:
                raise Away(f"{self.address} takes no more requests for now")
            self._budget.refused(*_figures(answer))
            raise _Refused
        if self._budget is not None:
            remaining = answer.headers.get(REMAINING, "")
            self._budget.answered(int(remaining) if remaining.isdecimal() else None)
        if answer.status_code in self._absent:
            raise NotThere(path)
        if not answer.ok:
            raise Fault(f"{path} answered {answer.status_code}")
        return answer


class _Refused(Exception):
    """429: too many requests."""


def _figures(refusal: requests.Response) -> tuple[int | None, float | None]:
    """The limit of a refusal and its window in seconds, where its body says them: 25000 and `60 m`."""
    try:
        body = refusal.json()
        limit, window = body.get("limitPerWindow"), WINDOW.match(str(body.get("requestWindow")))
    except (ValueError, AttributeError):
        return None, None
    seconds = float(window[1]) * SECONDS[window[2]] if window else None
    return (limit if isinstance(limit, int) and limit > 0 else None), seconds


def _nobody_there(error: requests.RequestException) -> bool:
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(
        error,
        (
            requests.exceptions.ConnectTimeout,
            requests.exceptions.SSLError,
            requests.exceptions.ProxyError,
            requests.exceptions.InvalidURL,
            requests.exceptions.InvalidSchema,
            requests.exceptions.MissingSchema,
        ),
    ) or isinstance(cause, urllib3.exceptions.NewConnectionError)
