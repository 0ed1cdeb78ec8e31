"""Polite HTTP: one request at a time within the installation's budget, tried again where that may help.

Whatever goes wrong is one of four facts, so that whoever asks need not know of requests: NotThere, Refused by a fault
(Fault), nobody there at all (Away), or no time left (OutOfTime).
"""

import random
import re
from typing import Any

import requests
import urllib3

from ingest.annotation.budget import Budget
from ingest.annotation.deadline import Deadline

CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
ATTEMPTS = 3
"""Of a request that ends in a fault which may pass."""
BACKOFF, MAX_BACKOFF = 1.0, 30.0
REMAINING = "x-limit-remaining"
WINDOW = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}


class NotThere(Exception):
    """404: what was asked for does not exist."""


class Fault(Exception):
    """The request had no usable answer; another may have one."""


class Away(Exception):
    """Nobody answers at the address."""


class Web:
    def __init__(self, address: str, budget: Budget, deadline: Deadline) -> None:
        self.address, self._budget, self._deadline = address.rstrip("/"), budget, deadline
        self._session = requests.Session()

    def close(self) -> None:
        self._session.close()

    def ask(self, method: str, path: str, *, json: Any = None, attempts: int = ATTEMPTS) -> requests.Response:
        """The answer to a request. A refusal for too many requests is waited out, and is no attempt.

        Raises NotThere, Fault, Away, OutOfTime.
        """
        attempt = 1
        while True:
            try:
                return self._once(method, path, json)
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

    def _once(self, method: str, path: str, json: Any) -> requests.Response:
        self._deadline.check()
        while wait := self._budget.take():
            self._deadline.sleep(wait)
        timeout = (CONNECT_SECONDS, min(READ_SECONDS, max(1.0, self._deadline.left)))
        try:
            answer = self._session.request(method, self.address + path, json=json, timeout=timeout)
        except requests.RequestException as error:
            if _nobody_there(error):
                raise Away(f"{self.address} cannot be reached") from error
            raise Fault(f"{path} broke off: {type(error).__name__}") from error
        if answer.status_code == requests.codes.too_many_requests:
            self._budget.refused(*_figures(answer))
            raise _Refused
        remaining = answer.headers.get(REMAINING, "")
        self._budget.answered(int(remaining) if remaining.isdecimal() else None)
        if answer.status_code == requests.codes.not_found:
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
