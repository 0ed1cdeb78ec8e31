"""The server's health as an answer, and the token of a session as a request."""

from typing import Literal

from pydantic import Field

from queries.graph.records import Record


class OutlivingQuery(Record):
    id: str = Field(description="Of its transaction, as SHOW TRANSACTIONS names it")
    query: str = Field(description="Its first 200 characters")
    seconds: float = Field(description="Since it was begun")


class Health(Record):
    status: Literal["ok"]
    version: str
    database: str
    content: str | None = Field(
        None,
        description="The content hash of the data set that is served, which is only read; null: graphs can be stored",
    )
    data: str
    pid: int
    outliving_queries: list[OutlivingQuery] = Field(
        [],
        description="People's queries that were ended and that the database goes on with, the oldest first",
    )


class SessionRequest(Record):
    token: str = Field(max_length=4096)
