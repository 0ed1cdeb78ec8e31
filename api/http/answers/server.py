"""The server's health as an answer, and the token of a session as a request."""

from typing import Literal

from pydantic import Field

from queries.graph.records import Record


class Health(Record):
    status: Literal["ok"]
    version: str
    database: str
    data: str
    pid: int


class SessionRequest(Record):
    token: str = Field(max_length=4096)
