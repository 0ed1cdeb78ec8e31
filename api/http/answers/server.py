"""What the server tells of itself, and the token that it is told."""

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
