"""Every error has an HTTP status, or a reason why no answer carries it."""

import ast
import importlib
from pathlib import Path

import ingest
from api import server
from api.client import client, places
from api.http.errors import STATUSES
from queries.errors import CircuitExplorerError

ROOT = Path(__file__).parents[3]

NEVER_ANSWERED: dict[type[CircuitExplorerError], str] = {
    server.AddressUnavailable: "the server does not start",
    server.AlreadyServed: "the server does not start",
    server.OpenToOthers: "the server does not start",
    server.DataFolderUnusable: "the server does not start",
    ingest.InvalidModelsFile: "the server does not start",
    client.Refused: "the client's own: it is what an answer said",
    places.ServerLost: "the client's own: nothing answered",
    places.OtherDatabase: "the client's own: it does not ask",
    places.TokenNeeded: "the client's own: it does not ask",
}


def import_errors() -> None:
    """Import every module of the product that derives a class from an error."""
    known: set[type[CircuitExplorerError]] = {CircuitExplorerError, *STATUSES, *NEVER_ANSWERED}
    names = {leaf.__name__ for leaf in known}
    for folder in ("queries", "ingest", "api"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
            bases = {ast.unparse(base).rpartition(".")[2] for node in classes for base in node.bases}
            if bases & names:
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def leaves(root: type[CircuitExplorerError]) -> set[type[CircuitExplorerError]]:
    below = root.__subclasses__()
    return set().union(*map(leaves, below)) if below else {root}


def test_every_error_has_a_status_or_never_leaves_the_server() -> None:
    import_errors()
    known = {leaf for leaf in leaves(CircuitExplorerError) if not leaf.__module__.startswith("tests.")}
    assert len(known) > 30
    assert STATUSES.keys() | NEVER_ANSWERED.keys() == known
    assert not STATUSES.keys() & NEVER_ANSWERED.keys()
