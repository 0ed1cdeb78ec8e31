"""Names that people give to views, supernodes and collections: what can be one."""

from queries.errors import InvalidRequest
from queries.words import MAX_NAME


def fault_of_name(name: str) -> str | None:
    """Why a text cannot be a name; None: it can."""
    if name.strip() and name == name.strip() and len(name) <= MAX_NAME and name.isprintable():
        return None
    return f"{name!r} cannot be a name: 1 to {MAX_NAME} characters that can be printed, no space at its ends"


def fault_of_addressed_name(name: str) -> str | None:
    """The same of a name that is a part of an address."""
    if "/" in name or not name.strip("."):
        return f"{name!r} cannot be a name: it is a part of an address"
    return fault_of_name(name)


def check_name(parameter: str, name: str) -> None:
    """Raises InvalidRequest."""
    if (fault := fault_of_name(name)) is not None:
        raise InvalidRequest(parameter, fault)


def check_addressed_name(parameter: str, name: str) -> None:
    """Raises InvalidRequest."""
    if (fault := fault_of_addressed_name(name)) is not None:
        raise InvalidRequest(parameter, fault)
