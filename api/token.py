"""The API token, which a server may ask of every request, and the session cookie that stands for it.

The token comes from the environment only: other users of a machine can read a command's arguments.
"""

import hashlib
import hmac
import os
import time
from typing import Self

from queries.errors import InvalidRequest

VARIABLE = "CIRCUIT_EXPLORER_TOKEN"
COOKIE = "circuit-explorer-session"
SESSION_SECONDS = 30 * 24 * 3600
"""How long a session lasts."""


class ApiToken:
    """A secret that gives access. Comparisons with it take the same time wherever the texts differ."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    @classmethod
    def from_environment(cls) -> Self | None:
        """The token in `CIRCUIT_EXPLORER_TOKEN`; None where that is not set or empty. Raises InvalidRequest."""
        secret = os.environ.get(VARIABLE, "")
        if not secret:
            return None
        if not (secret.isascii() and secret.isprintable() and " " not in secret):
            raise InvalidRequest(
                VARIABLE, "it must be of ASCII characters that can be seen: a header carries it"
            )
        return cls(secret)

    @property
    def header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._secret.decode()}"}

    def is_same(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._secret)

    def admits(self, authorization: str | None, session: str | None) -> bool:
        """Whether an Authorization header or a session cookie proves knowledge of the token."""
        scheme, _, given = (authorization or "").partition(" ")
        if scheme.lower() == "bearer" and self.is_same(given.strip()):
            return True
        return session is not None and self._opened(session)

    def open_session(self) -> str:
        """The value of a session cookie: its end, and a proof that takes the token to make and does not reveal it."""
        ends = str(int(time.time()) + SESSION_SECONDS)
        return f"{ends}.{self._proof(ends)}"

    def _opened(self, session: str) -> bool:
        ends, _, proof = session.partition(".")
        known = hmac.compare_digest(proof.encode(), self._proof(ends).encode())
        return known and int(ends) > time.time()  # proved, so a number that was written here

    def _proof(self, ends: str) -> str:
        return hmac.new(self._secret, f"session until {ends}".encode(), hashlib.sha256).hexdigest()
