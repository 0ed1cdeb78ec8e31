"""The server's errors as the program's own."""

import neo4j
import pytest

from queries.errors import DatabaseRefused, DatabaseUnavailable, StorageFull
from queries.store.address import parse
from queries.store.neo4j.connection import translated


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        # The codes of 5.26 from the moment when its disk is full until it is started again.
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", DatabaseUnavailable),
        ("Neo.DatabaseError.Transaction.TransactionStartFailed", DatabaseUnavailable),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", StorageFull),
        ("Neo.ClientError.Security.AuthenticationRateLimit", DatabaseUnavailable),
        ("Neo.ClientError.Security.Unauthorized", DatabaseRefused),
        ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", StorageFull),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", neo4j.exceptions.ConstraintError),
    ],
)
def test_what_the_server_says_is_told(code: str, expected: type[Exception]) -> None:
    error = neo4j.exceptions.Neo4jError._hydrate_neo4j(code=code, message="It cannot.\nMore.")
    assert isinstance(translated(parse("neo4j://ada:secret@lab"), error), expected)
