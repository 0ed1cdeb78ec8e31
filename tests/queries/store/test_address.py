"""Database URLs are read, and shown without their passwords."""

import pytest

from queries.errors import InvalidRequest
from queries.store.address import Address, parse


@pytest.mark.parametrize(
    ("url", "uri", "auth", "database", "shown"),
    [
        ("neo4j://host", "neo4j://host", None, None, "neo4j://host"),
        (
            "bolt+s://ada:a%40b@host:1/lab",
            "bolt+s://host:1",
            ("ada", "a@b"),
            "lab",
            "bolt+s://ada@host:1/lab",
        ),
        ("neo4j://ada:p@[::1]:7687/", "neo4j://[::1]:7687", ("ada", "p"), None, "neo4j://ada@[::1]:7687"),
    ],
)
def test_an_address_is_read_and_shown_without_its_password(
    url: str, uri: str, auth: tuple[str, str] | None, database: str | None, shown: str
) -> None:
    assert parse(url) == Address(uri, auth, database, shown)


@pytest.mark.parametrize("url", ["neo4j://", "bolt://:secret@", "neo4j://ada:secret@host:port"])
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse(url)
    assert raised.value.parameter == "database"
    assert "secret" not in str(raised.value)
